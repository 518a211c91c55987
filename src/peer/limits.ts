/** Comings and goings kept for the host's panel: a day in an office; beyond it the oldest go. */
export const logEntriesMax = 500;
/** Peers whose addresses are remembered across starts: an office; dialled once each at the start. */
export const rememberedPeersMax = 100;
/** API calls without an answer yet; only `peers.connect` and `host.handOff` take longer than one input. */
export const pendingCallsMax = 256;
/** Messages of one page where the caller names no limit. */
export const listLimitDefault = 100;
/** The signalling ports that an address without a port stands for. */
export const signallingPortFirst = 47_474;
export const signallingPortCount = 10;
