import { LogoMark } from './LogoMark';

export const LogoFull = () => (
  <svg viewBox="0 0 168 32" width="147" height="28" aria-hidden>
    <LogoMark />
    <text
      x="42"
      y="23"
      fill="currentColor"
      fontFamily="system-ui, sans-serif"
      fontSize="20"
      fontWeight="600"
    >
      Ringfence
    </text>
  </svg>
);
