import type { Value } from './messages';
import type { StubState } from './StubState';

/** What Ignite says where it cannot do something. */
export class StubError extends Error {}

type Row = Readonly<Record<string, Value>>;

const INACTIVE =
  '50000: Can not perform the operation because the cluster is inactive. Note, that the cluster is considered inactive by default if Ignite Persistent Store is used to let all the nodes join the cluster. To activate the cluster call Ignite.cluster().state(ClusterState.ACTIVE).';

/** Views of the system, and the columns of them that the stub has. */
const VIEWS: Readonly<Record<string, (state: StubState) => Row[]>> = {
  'SYS.NODES': state =>
    state.members().map(({ name, address }) => ({
      CONSISTENT_ID: name,
      IS_CLIENT: false,
      ADDRESSES: `[${address}]`,
    })),
  'SYS.BASELINE_NODES': state => {
    const online = state.members().map(({ name }) => name);
    return state.baseline.map(name => ({
      CONSISTENT_ID: name,
      ONLINE: online.includes(name),
    }));
  },
  'SYS.CACHES': ({ settings }) =>
    settings.caches.map(({ name, mode, backups }) => ({
      CACHE_NAME: name,
      CACHE_MODE: mode,
      BACKUPS: backups,
    })),
};

const SELECT =
  /^SELECT\s+(.+?)\s+FROM\s+(\S+)(?:\s+WHERE\s+(\w+)\s*=\s*(.+))?$/is;
const CREATE_USER = /^CREATE USER\s+(\S+)\s+WITH PASSWORD\s+'(.*)'$/is;
const ALTER_USER = /^ALTER USER\s+(\S+)\s+WITH PASSWORD\s+'(.*)'$/is;
const DROP_USER = /^DROP USER\s+(\S+)$/is;

const asText = (value: Value) => String(value).toUpperCase();

/**
 * Runs the few statements that a client of the portal's needs.
 *
 * @param user - who asks: logins are the superuser's
 * @throws StubError as Ignite refuses
 */
export function execute(
  state: StubState,
  user: string | undefined,
  sql: string,
): Value[][] {
  if (!state.isActive) throw new StubError(INACTIVE);
  const statement = sql.trim().replace(/;$/, '');
  const change = changeOf(state, statement);
  if (change) {
    if (state.settings.authentication && user !== 'ignite') {
      throw new StubError(
        `User management operations are not allowed for user. [curUser=${user}]`,
      );
    }
    change();
    return [[0]];
  }
  if (/^SELECT\s+1$/i.test(statement)) return [[1]];
  const [, columns, view, where, value] = SELECT.exec(statement) ?? [];
  const rows = VIEWS[view?.toUpperCase()]?.(state);
  if (!rows) {
    throw new StubError(
      `42000: Failed to parse query. The simulated Ignite knows the views ${Object.keys(
        VIEWS,
      ).join(', ')} alone`,
    );
  }
  return rows
    .filter(
      row =>
        !where ||
        asText(row[where.toUpperCase()]) === asText(value.replace(/'/g, '')),
    )
    .map(row => namesOf(columns, row).map(name => row[name] ?? null));
}

function namesOf(columns: string, row: Row): string[] {
  if (columns.trim() === '*') return Object.keys(row);
  return columns.split(',').map(it => it.trim().toUpperCase());
}

function changeOf(
  { users }: StubState,
  statement: string,
): (() => void) | undefined {
  const [, created, newPassword] = CREATE_USER.exec(statement) ?? [];
  if (created) {
    return () => {
      const name = nameIn(created);
      if (users.has(name))
        throw new StubError(`User already exists [login=${name}]`);
      users.set(name, newPassword.replaceAll("''", "'"));
    };
  }
  const [, altered, password] = ALTER_USER.exec(statement) ?? [];
  if (altered) {
    return () => {
      users.set(known(users, altered), password.replaceAll("''", "'"));
    };
  }
  const [, dropped] = DROP_USER.exec(statement) ?? [];
  return dropped ? () => void users.delete(known(users, dropped)) : undefined;
}

function known(users: ReadonlyMap<string, string>, word: string): string {
  const name = nameIn(word);
  if (users.has(name)) return name;
  throw new StubError(`User doesn't exist [userName=${name}]`);
}

/** Without quotes names are in capitals. */
function nameIn(word: string): string {
  return /^".*"$/.test(word)
    ? word.slice(1, -1).replaceAll('""', '"')
    : word.toUpperCase();
}
