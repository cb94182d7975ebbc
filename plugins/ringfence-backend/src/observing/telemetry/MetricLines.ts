import type { TrafficCount } from './trafficSamples';

const ESCAPES: Readonly<Record<string, string>> = { n: '\n' };

/**
 * Reads lines of some metrics out of a text of many, such as
 * `name{key="value",...} 12`, some at a time. What is no such line is passed over.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export class MetricLines {
  readonly #text: string;
  readonly #names: readonly string[];
  /** A part of the text would keep all of it in memory; and most values are in it many times. */
  readonly #values = new Map<string, string>();
  #at = 0;

  constructor(text: string, names: readonly string[]) {
    this.#text = text;
    this.#names = names;
  }

  /**
   * Reads the next lines.
   *
   * @param into - gets what they say
   * @returns whether those were all; what comes after the last newline is none
   */
  read(lines: number, into: TrafficCount[]): boolean {
    for (let i = 0; i < lines; i++) {
      const end = this.#text.indexOf('\n', this.#at);
      if (end < 0) return true;
      const metric = this.#names.find(name => this.#startsWith(name));
      const count = metric && this.#line(metric, end);
      if (count) into.push(count);
      this.#at = end + 1;
    }
    return false;
  }

  #startsWith(name: string): boolean {
    return (
      this.#text.startsWith(name, this.#at) &&
      this.#text[this.#at + name.length] === '{'
    );
  }

  #line(metric: string, end: number): TrafficCount | undefined {
    const labels: Record<string, string> = {};
    let at = this.#at + metric.length + 1;
    while (this.#text[at] !== '}') {
      const equals = this.#text.indexOf('="', at);
      const close = equals < 0 ? -1 : this.#endOfValue(equals + 2, end);
      if (close < 0) return undefined;
      const key = this.#kept(this.#text.slice(at, equals).trim());
      labels[key] = this.#kept(this.#text.slice(equals + 2, close));
      at = close + 1;
      if (this.#text[at] === ',') at += 1;
      if (at >= end) return undefined;
    }
    const [value] = this.#text
      .slice(at + 1, end)
      .trim()
      .split(/\s+/);
    return { metric, labels, value: value ? Number(value) : NaN };
  }

  /** Of the quote that ends a value; negative: it does not end in its line. */
  #endOfValue(from: number, end: number): number {
    for (let at = from; at < end; at++) {
      if (this.#text[at] === '"') return at;
      if (this.#text[at] === '\\') at += 1;
    }
    return -1;
  }

  #kept(raw: string): string {
    const known = this.#values.get(raw);
    if (known !== undefined) return known;
    const value = Buffer.from(
      raw.replace(/\\(.)/g, (_all, escaped) => ESCAPES[escaped] ?? escaped),
    ).toString();
    this.#values.set(raw, value);
    return value;
  }
}
