import { fleet, fleetRow } from '../../__fixtures__/fleet';
import { FleetQuery, queryFleet, readQuery, writeQuery } from './fleetQuery';

const NOW = new Date('2026-11-22T10:00:00Z');
const EVERYTHING = readQuery(new URLSearchParams());

function found(over: Partial<FleetQuery>): string[] {
  return queryFleet(fleet(NOW), { ...EVERYTHING, ...over }, NOW).map(
    row => row.name,
  );
}

const sorted = (column: string, direction: 'ascending' | 'descending') =>
  found({ sort: { column, direction } });

describe('queryFleet', () => {
  it('puts what is worst first', () => {
    expect(found({})).toEqual([
      'carts',
      'stock',
      'billing',
      'orders',
      'archive',
    ]);
  });

  it.each<[string, Partial<FleetQuery>, string[]]>([
    ['a name', { search: 'CART' }, ['carts']],
    ['an address', { search: 'eu-1/billing' }, ['billing']],
    ['several words', { search: 'eu-1 5.0' }, ['carts']],
    ['the words of its state', { search: 'plaintext' }, ['carts']],
    ['its state', { states: ['failing', 'warning'] }, ['carts', 'billing']],
    ['what is done with it', { states: ['retained'] }, ['archive']],
    ['its owner', { owners: ['group:default/finance'] }, ['billing']],
    [
      'its Kubernetes cluster',
      { kubernetesClusters: ['eu-1'] },
      ['carts', 'billing'],
    ],
    ['its blueprint', { blueprints: ['cassandra-sidecar'] }, ['carts']],
    ['the days left', { expiresWithinDays: 7 }, ['billing', 'archive']],
    ['having ended', { expiresWithinDays: 0 }, ['archive']],
    ['all of it', { states: ['failing'], search: 'orders' }, []],
  ])('finds by %s', (_name, query, names) => {
    expect(found(query)).toEqual(names);
  });

  it('takes what could not be checked as unknown, not as fenced', () => {
    expect(found({ states: ['ok'] })).toEqual(['orders']);
  });

  it.each(['ascending', 'descending'] as const)(
    'puts an unknown expiry last when sorted %s',
    direction => {
      expect(sorted('expiry', direction).at(-1)).toBe('stock');
    },
  );

  it.each([
    ['name', 'ascending', 'archive'],
    ['name', 'descending', 'stock'],
    ['owner', 'ascending', 'billing'],
    ['version', 'descending', 'stock'],
    ['expiry', 'ascending', 'archive'],
    ['fence', 'descending', 'archive'],
  ] as const)('sorts by %s, %s', (column, direction, first) => {
    // Where versions are equal, the address decides.
    const names = sorted(column, direction);
    expect(names[0]).toBe(column === 'version' ? 'billing' : first);
    expect(names).toHaveLength(5);
  });

  it('compares numbers in names as numbers', () => {
    const rows = ['db-10', 'db-9'].map(name => fleetRow({ name }));
    const query = {
      ...EVERYTHING,
      sort: { column: 'name', direction: 'ascending' as const },
    };
    expect(queryFleet(rows, query, NOW).map(row => row.name)).toEqual([
      'db-9',
      'db-10',
    ]);
  });
});

describe("the page's address", () => {
  it('keeps what is looked for', () => {
    const query: FleetQuery = {
      search: 'a b',
      states: ['failing', 'unknown'],
      owners: ['group:default/payments'],
      kubernetesClusters: ['eu-1'],
      blueprints: ['scylladb-ambient'],
      expiresWithinDays: 45,
      sort: { column: 'expiry', direction: 'descending' },
    };
    expect(readQuery(writeQuery(query))).toEqual(query);
  });

  it('is empty where nothing is looked for', () => {
    expect(writeQuery(EVERYTHING).toString()).toBe('');
  });

  it.each(['expires=soon', 'expires=-3', 'sort=password', 'sort='])(
    'leaves out what it does not know: %s',
    text => {
      expect(readQuery(new URLSearchParams(text))).toEqual(EVERYTHING);
    },
  );
});
