import parsePrometheusTextFormat from 'parse-prometheus-text-format';

/** One line of Prometheus' text format. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Reads samples, as a reader of metrics does. */
export function parseMetrics(text: string): Sample[] {
  return parsePrometheusTextFormat(text).flatMap(({ name, metrics }) =>
    metrics.map(({ labels = {}, value }) => ({
      name,
      labels,
      value: Number(value),
    })),
  );
}
