import { useMemo } from 'react';

/** Units as `Intl` names them; each a thousand of the one before. */
const UNITS = [
  'byte',
  'kilobyte',
  'megabyte',
  'gigabyte',
  'terabyte',
  'petabyte',
] as const;

/** Figures as the reader's browser writes them. */
export interface Figures {
  readonly count: (value: number) => string;
  /** Such as "48.3 MB". */
  readonly bytes: (value: number) => string;
  /** Such as "99.8%"; only what is whole is called 100%. */
  readonly share: (part: number, whole: number) => string;
}

export function useFigures(): Figures {
  return useMemo(() => {
    const count = new Intl.NumberFormat();
    const percent = new Intl.NumberFormat(undefined, {
      style: 'percent',
      maximumFractionDigits: 1,
      // 99.97% is not 100%: that would hide the plaintext.
      roundingMode: 'floor',
    } as Intl.NumberFormatOptions);
    return {
      count: value => count.format(value),
      bytes(value) {
        const power = Math.min(
          UNITS.length - 1,
          value < 1000 ? 0 : Math.floor(Math.log10(value) / 3),
        );
        return new Intl.NumberFormat(undefined, {
          style: 'unit',
          unit: UNITS[power],
          maximumFractionDigits: power === 0 ? 0 : 1,
        }).format(value / 1000 ** power);
      },
      share: (part, whole) => percent.format(whole === 0 ? 0 : part / whole),
    };
  }, []);
}
