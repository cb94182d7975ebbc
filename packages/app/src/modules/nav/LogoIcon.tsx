import { LogoMark } from './LogoMark';

export const LogoIcon = () => (
  <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden>
    <LogoMark />
  </svg>
);
