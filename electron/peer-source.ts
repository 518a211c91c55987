/** Where the window's peer comes from: a process of our own, or one that runs already. */

export interface PeerAddress {
  /** The page's address, "http://127.0.0.1:PORT". */
  readonly url: string;
  readonly token: string;
}

export interface WindowPeer {
  readonly address: PeerAddress;
  /** Settles when the peer is no more, whoever ended it. */
  readonly gone: Promise<void>;
  /** It has ended because everything it kept was destroyed. */
  wasWiped(): boolean;
  /** Lets go of the peer; one of our own is stopped, within `peerStopMaxMs`. */
  release(): Promise<void>;
}

export type OpenedPeer = { readonly peer: WindowPeer } | { readonly failure: string };

export interface PeerSource {
  /** Own: quitting stops the peer, and a new one can be started. */
  readonly isOwn: boolean;
  open(): Promise<OpenedPeer>;
}
