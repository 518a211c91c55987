/** A finger drawn to the right in a narrow window goes back. */
import { useRef } from "preact/hooks";
import { twoPanesPx } from "../widths.dom.ts";

/** Long enough not to be a tap, flat enough not to be a scroll. */
const swipePx = 70;
const flatness = 2;

export function useSwipeBack(onBack: () => void) {
  const start = useRef<{ readonly x: number; readonly y: number } | undefined>(undefined);
  return {
    onTouchStart(event: TouchEvent) {
      const touch = event.touches.length === 1 ? event.touches[0] : undefined;
      start.current = touch && { x: touch.clientX, y: touch.clientY };
    },
    onTouchEnd(event: TouchEvent) {
      const touch = event.changedTouches[0];
      const from = start.current;
      start.current = undefined;
      if (!touch || !from || window.innerWidth >= twoPanesPx) return;
      const across = touch.clientX - from.x;
      if (across > swipePx && across > flatness * Math.abs(touch.clientY - from.y)) onBack();
    },
  };
}
