declare module 'parse-prometheus-text-format' {
  interface Metric {
    labels?: Record<string, string>;
    /** Absent for histograms and summaries. */
    value?: string;
  }
  interface MetricFamily {
    name: string;
    metrics: Metric[];
  }
  /** Lines that it cannot read are left out. */
  function parsePrometheusTextFormat(text: string): MetricFamily[];
  export = parsePrometheusTextFormat;
}
