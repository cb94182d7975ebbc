import type { FleetRow } from '@ringfence/backstage-plugin-ringfence-common';
import { fleetStateOf } from './fleetQuery';

/** Column titles are for programs: they are not translated. */
const COLUMNS: readonly [string, (row: FleetRow) => string | undefined][] = [
  ['kubernetesCluster', row => row.kubernetesCluster],
  ['namespace', row => row.namespace],
  ['name', row => row.name],
  ['state', fleetStateOf],
  ['headline', row => row.headline],
  ['owner', row => row.owner],
  ['blueprint', row => row.blueprint],
  ['version', row => row.version],
  ['replicas', row => row.replicas?.toString()],
  ['certificateNotAfter', row => row.certificateNotAfter],
  ['observedAt', row => row.observedAt],
  ['simulated', row => row.simulated],
];

/**
 * Spreadsheets run a cell that begins with one of these as a formula.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^\s*[=+\-@\t\r\n]/;

function cell(value: string | undefined = ''): string {
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return `"${harmless.replace(/"/g, '""')}"`;
}

/** The rows as CSV, in their order (RFC 4180). */
export function fleetCsv(rows: readonly FleetRow[]): string {
  const lines = [
    COLUMNS.map(([title]) => cell(title)),
    ...rows.map(row => COLUMNS.map(([, valueOf]) => cell(valueOf(row)))),
  ];
  // The mark at the front has spreadsheets read UTF-8.
  return `\uFEFF${lines.map(line => line.join(',')).join('\r\n')}\r\n`;
}
