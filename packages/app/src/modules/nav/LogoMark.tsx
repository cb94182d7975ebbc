/** A core inside a ring of five segments, as the fence has. */
export const LogoMark = () => (
  <g>
    <circle
      cx="16"
      cy="16"
      r="12"
      fill="none"
      stroke="currentColor"
      strokeWidth="5"
      pathLength="100"
      strokeDasharray="17 3"
      transform="rotate(-90 16 16)"
    />
    <circle cx="16" cy="16" r="4.5" fill="var(--bui-fg-positive)" />
  </g>
);
