/** One line of Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads samples, comments left out. @throws where a line is none */
export function parseMetrics(text: string): Sample[] {
  return text
    .split('\n')
    .filter(line => line && !line.startsWith('#'))
    .map(line => {
      const match = /^(\w+)\{(.*)\} (\S+)$/.exec(line);
      if (!match) throw new Error(`Not a sample: ${line}`);
      const labels = match[2].matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g);
      return {
        name: match[1],
        labels: Object.fromEntries(
          [...labels].map(([, key, value]) => [key, unescape(value)]),
        ),
        value: Number(match[3]),
      };
    });
}

function unescape(value: string): string {
  return value.replace(/\\(.)/g, (_, it) => (it === 'n' ? '\n' : it));
}
