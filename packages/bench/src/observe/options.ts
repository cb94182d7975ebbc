/** What may be told to `npm run bench -- observe`. */
export interface ObserveOptions {
  /** Numbers of databases, from few to many. */
  readonly sizes: readonly number[];
  /** How long requests are counted while nobody looks. */
  readonly restMs: number;
}

/** The number for which figures are promised. */
export const PROMISED_SIZE = 1_000;
const SIZES = [100, PROMISED_SIZE, 3_000];
const REST_SECONDS = 60;

/**
 * Reads `--databases 50,200` and `--rest-seconds 20`, for shorter runs.
 *
 * @throws Error that names what cannot be read
 */
export function readOptions(args: readonly string[]): ObserveOptions {
  let sizes: readonly number[] = SIZES;
  let restSeconds = REST_SECONDS;
  for (let i = 0; i < args.length; i += 2) {
    const [name, value = ''] = args.slice(i, i + 2);
    if (name === '--databases') {
      sizes = value.split(',').map(part => positive(name, part));
    } else if (name === '--rest-seconds') {
      restSeconds = positive(name, value);
    } else {
      throw new Error(
        `"${name}" is not known: there are --databases N,N,... and --rest-seconds N`,
      );
    }
  }
  return {
    sizes: [...sizes].sort((a, b) => a - b),
    restMs: restSeconds * 1_000,
  };
}

function positive(name: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`${name}: expected a whole number above 0, got "${text}"`);
}
