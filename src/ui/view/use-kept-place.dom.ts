/**
 * Keeps what one reads where it is: the end stays in view while one is at the end; otherwise the topmost message in view
 * stays at its height, whatever comes in above or below.
 */
import type { RefObject } from "preact";
import { useCallback, useEffect, useLayoutEffect, useRef } from "preact/hooks";

/** Closer to the end than this is at the end: half a line of inertia must not count as reading back. */
const endSlackPx = 24;

interface Place {
  readonly sticky: boolean;
  readonly anchor: { readonly element: HTMLElement; readonly top: number } | undefined;
}

function sizesOf(box: HTMLElement): string {
  return `${box.clientHeight} ${box.scrollHeight}`;
}

export interface KeptPlace {
  /** Call on every scroll. Says whether the end is in view. */
  noticeScroll(): boolean;
  goToEnd(): void;
  /** Brings one element into view and stays there. */
  goTo(element: HTMLElement, block: ScrollLogicalPosition): void;
  isAtEnd(): boolean;
}

/** @param isEnd the last of what is drawn is the last there is: only then the end is kept in view */
export function useKeptPlace(scroller: RefObject<HTMLElement | null>, content: RefObject<HTMLElement | null>, isEnd: boolean): KeptPlace {
  const canStick = useRef(isEnd);
  canStick.current = isEnd;
  const place = useRef<Place>({ sticky: true, anchor: undefined });
  const sizes = useRef("");

  const settle = useCallback(() => {
    const box = scroller.current;
    if (!box) return;
    const { sticky, anchor } = place.current;
    if (sticky) box.scrollTop = box.scrollHeight;
    else if (anchor?.element.isConnected)
      box.scrollTop += anchor.element.getBoundingClientRect().top - box.getBoundingClientRect().top - anchor.top;
    sizes.current = sizesOf(box);
  }, [scroller]);

  const notice = useCallback(() => {
    const box = scroller.current;
    if (!box) return true;
    // A box that changes its size scrolls by itself; that is not the person's doing.
    if (sizes.current !== sizesOf(box)) {
      settle();
      return place.current.sticky;
    }
    const sticky = canStick.current && box.scrollHeight - box.scrollTop - box.clientHeight <= endSlackPx;
    const boxTop = box.getBoundingClientRect().top;
    let anchor: { readonly element: HTMLElement; readonly top: number } | undefined;
    for (const element of box.querySelectorAll<HTMLElement>("[data-message]")) {
      const { top, bottom } = element.getBoundingClientRect();
      if (bottom <= boxTop) continue;
      anchor = { element, top: top - boxTop };
      break;
    }
    place.current = { sticky, anchor };
    return sticky;
  }, [scroller, settle]);

  useLayoutEffect(settle);
  useEffect(() => {
    const observer = new ResizeObserver(settle);
    if (scroller.current) observer.observe(scroller.current);
    if (content.current) observer.observe(content.current);
    return () => observer.disconnect();
  }, [scroller, content, settle]);

  return {
    noticeScroll: notice,
    isAtEnd: () => place.current.sticky,
    goToEnd() {
      place.current = { sticky: true, anchor: undefined };
      settle();
    },
    goTo(element, block) {
      if (scroller.current) sizes.current = sizesOf(scroller.current);
      element.scrollIntoView({ block });
      notice();
    },
  };
}
