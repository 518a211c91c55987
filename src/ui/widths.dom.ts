/** Where the layout changes; layout.css says the same numbers. */

/** Below, one pane at a time. */
export const twoPanesPx = 720;
const threePanesPx = 1_200;

export function isWide(): boolean {
  return window.innerWidth >= threePanesPx;
}
