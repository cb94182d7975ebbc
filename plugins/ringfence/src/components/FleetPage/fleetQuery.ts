import type { SortDescriptor } from '@backstage/ui';
import {
  DatabaseState,
  FindingStatus,
  FleetRow,
  compareStatus,
  stringifyDatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';

const DAY_MS = 24 * 60 * 60 * 1000;

/** What the list says of a database in one word: what is done with it, else how its fence is. */
export type FleetState = FindingStatus | Exclude<DatabaseState, 'ready'>;

/** In the order in which they matter. */
export const FLEET_STATES: readonly FleetState[] = [
  'failing',
  'unknown',
  'warning',
  'ok',
  'provisioning',
  'decommissioning',
  'retained',
];

/** The columns of the list, by which it can be sorted. */
export const FLEET_COLUMNS = [
  'name',
  'fence',
  'owner',
  'kubernetesCluster',
  'blueprint',
  'version',
  'expiry',
  'observed',
] as const;
export type FleetColumn = (typeof FLEET_COLUMNS)[number];

/** What is looked for; the page's address keeps it. */
export interface FleetQuery {
  readonly search: string;
  readonly states: readonly string[];
  readonly owners: readonly string[];
  readonly kubernetesClusters: readonly string[];
  readonly blueprints: readonly string[];
  /** Certificates that end within so many days, or have ended. */
  readonly expiresWithinDays?: number;
  readonly sort: SortDescriptor;
}

/** Worst first: what a list of a thousand is opened for. */
const DEFAULT_SORT: SortDescriptor = {
  column: 'fence',
  direction: 'ascending',
};

const LISTS = {
  states: 'state',
  owners: 'owner',
  kubernetesClusters: 'kubernetesCluster',
  blueprints: 'blueprint',
} as const;

/** Reads what is looked for from the page's address; what it does not know is left out. */
export function readQuery(params: URLSearchParams): FleetQuery {
  const sort = params.get('sort') ?? '';
  const column = sort.replace(/^-/, '');
  const days = Number(params.get('expires') ?? NaN);
  return {
    search: params.get('q') ?? '',
    states: params.getAll(LISTS.states),
    owners: params.getAll(LISTS.owners),
    kubernetesClusters: params.getAll(LISTS.kubernetesClusters),
    blueprints: params.getAll(LISTS.blueprints),
    expiresWithinDays: Number.isInteger(days) && days >= 0 ? days : undefined,
    sort: (FLEET_COLUMNS as readonly string[]).includes(column)
      ? {
          column,
          direction: sort.startsWith('-') ? 'descending' : 'ascending',
        }
      : DEFAULT_SORT,
  };
}

/** The same for the page's address; what is as usual is left out. */
export function writeQuery(query: FleetQuery): URLSearchParams {
  const params = new URLSearchParams();
  if (query.search) params.set('q', query.search);
  for (const [field, name] of Object.entries(LISTS)) {
    for (const value of query[field as keyof typeof LISTS])
      params.append(name, value);
  }
  if (query.expiresWithinDays !== undefined)
    params.set('expires', String(query.expiresWithinDays));
  const { column, direction } = query.sort;
  if (column !== DEFAULT_SORT.column || direction !== DEFAULT_SORT.direction) {
    params.set('sort', `${direction === 'descending' ? '-' : ''}${column}`);
  }
  return params;
}

/** Whether anything narrows the list. */
export function isNarrowed(query: FleetQuery): boolean {
  return (
    query.search.trim() !== '' ||
    query.expiresWithinDays !== undefined ||
    Object.keys(LISTS).some(
      field => query[field as keyof typeof LISTS].length > 0,
    )
  );
}

/** One predicate for the list, its filter and its export. */
export function fleetStateOf(row: FleetRow): FleetState {
  return row.state === 'ready' ? row.status : row.state;
}

function matches(row: FleetRow, query: FleetQuery, now: Date): boolean {
  const among = (values: readonly string[], value: string) =>
    values.length === 0 || values.includes(value);
  const endsWithin = (days: number) =>
    row.certificateNotAfter !== undefined &&
    Date.parse(row.certificateNotAfter) <= now.getTime() + days * DAY_MS;
  const text = [
    stringifyDatabaseRef(row),
    row.name,
    row.owner,
    row.blueprint,
    row.blueprintTitle,
    row.version ?? '',
    row.headline,
  ]
    .join('\n')
    .toLocaleLowerCase();
  return (
    among(query.states, fleetStateOf(row)) &&
    among(query.owners, row.owner) &&
    among(query.kubernetesClusters, row.kubernetesCluster) &&
    among(query.blueprints, row.blueprint) &&
    (query.expiresWithinDays === undefined ||
      endsWithin(query.expiresWithinDays)) &&
    query.search
      .toLocaleLowerCase()
      .split(/\s+/)
      .every(word => text.includes(word))
  );
}

const collator = new Intl.Collator(undefined, { numeric: true });

const TEXT_OF: Readonly<
  Record<Exclude<FleetColumn, 'fence'>, (row: FleetRow) => string | undefined>
> = {
  name: row => row.name,
  owner: row => row.owner,
  kubernetesCluster: row => row.kubernetesCluster,
  blueprint: row => row.blueprintTitle,
  version: row => row.version,
  expiry: row => row.certificateNotAfter,
  observed: row => row.observedAt,
};

function compareFence(a: FleetRow, b: FleetRow): number {
  return (
    FLEET_STATES.indexOf(fleetStateOf(a)) -
      FLEET_STATES.indexOf(fleetStateOf(b)) || compareStatus(a.status, b.status)
  );
}

/** Compares rows; what is not known comes last in both directions. */
function comparator({ column, direction }: SortDescriptor) {
  const sign = direction === 'descending' ? -1 : 1;
  const byAddress = (a: FleetRow, b: FleetRow) =>
    collator.compare(stringifyDatabaseRef(a), stringifyDatabaseRef(b));
  if (column === 'fence')
    return (a: FleetRow, b: FleetRow) =>
      sign * compareFence(a, b) || byAddress(a, b);
  const textOf = TEXT_OF[column as keyof typeof TEXT_OF];
  return (a: FleetRow, b: FleetRow) => {
    const [one, other] = [textOf(a), textOf(b)];
    if (one === undefined || other === undefined)
      return (
        Number(one === undefined) - Number(other === undefined) ||
        byAddress(a, b)
      );
    return sign * collator.compare(one, other) || byAddress(a, b);
  };
}

/** The databases that are looked for, in the order that is asked for. */
export function queryFleet(
  rows: readonly FleetRow[],
  query: FleetQuery,
  now: Date,
): FleetRow[] {
  return rows
    .filter(row => matches(row, query, now))
    .sort(comparator(query.sort));
}
