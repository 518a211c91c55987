/** Earshot's mark, drawn as in style/icon.svg and in the tray: somebody speaks, and it carries. */
export function Mark({ size }: { readonly size: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="6 4 22 22"
      fill="none"
      stroke="currentColor"
      stroke-width="2.8"
      stroke-linecap="round"
      aria-hidden="true"
    >
      <circle cx="10.5" cy="21.5" r="2.3" fill="currentColor" stroke="none" />
      <path d="M10.5 14.5a7 7 0 0 1 7 7M10.5 8A13.5 13.5 0 0 1 24 21.5" />
    </svg>
  );
}
