/** One thing that was measured, and what was promised. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** Such as `ms` or `x` for a ratio. */
  readonly unit: string;
  /** Absent: reported, nothing was promised. */
  readonly goal?: {
    readonly bound: 'at least' | 'at most';
    readonly value: number;
  };
}

/** Whether the promise holds; undefined where there is none. */
export function held({ value, goal }: Figure): boolean | undefined {
  if (!goal) return undefined;
  // A value that is no number was not measured, and holds nothing.
  return goal.bound === 'at least' ? value >= goal.value : value <= goal.value;
}

/** The figures as a table in Markdown. */
export function toTable(figures: readonly Figure[]): string {
  const rows = figures.map(figure => [
    figure.name,
    figure.goal ? `${figure.goal.bound} ${text(figure.goal.value)}` : '',
    `${text(figure.value)} ${figure.unit}`,
    { true: 'held', false: 'MISSED', undefined: '' }[String(held(figure))]!,
  ]);
  const all = [['figure', 'goal', 'measured', ''], ...rows];
  const widths = [0, 1, 2, 3].map(column =>
    Math.max(...all.map(row => row[column].length)),
  );
  const line = (row: readonly string[]) =>
    `| ${row.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  const rule = line(widths.map(width => '-'.repeat(width)));
  return [line(all[0]), rule, ...rows.map(line)].join('\n');
}

function text(value: number): string {
  if (Math.abs(value) >= 100) return value.toFixed(0);
  return Math.abs(value) >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** The middle one; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which a share of all is, between neighbours in proportion. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = Math.floor(at);
  const high = Math.ceil(at);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}
