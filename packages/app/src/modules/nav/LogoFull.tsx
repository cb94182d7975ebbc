import { LogoMark } from './LogoMark';

export const LogoFull = () => (
  <svg viewBox="0 0 140 32" width="122" height="28" aria-hidden>
    <LogoMark />
    <text
      x="42"
      y="23"
      fill="#ffffff"
      fontFamily="system-ui, sans-serif"
      fontSize="20"
      fontWeight="600"
    >
      Ringfence
    </text>
  </svg>
);
