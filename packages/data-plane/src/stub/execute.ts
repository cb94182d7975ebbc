import { CqlError, errorCodes } from './frames';
import { manageRoles } from './manageRoles';
import { string } from './primitives';
import type { Row, Table } from './rows';
import type { Role } from './Roles';
import { parseStatement, type StatementOf } from './statements';
import type { SchemaChange, StubNode, StubState } from './StubState';
import { systemTable } from './systemTables';

/** What a statement came to. */
export type Outcome =
  | { readonly kind: 'void' }
  | { readonly kind: 'rows'; readonly table: Table }
  | { readonly kind: 'keyspace'; readonly keyspace: string }
  | { readonly kind: 'schema'; readonly schema: SchemaChange };

/** Who asks, and which node. */
export interface Session {
  readonly node: StubNode;
  readonly role: Role;
  readonly keyspace?: string;
}

const VOID: Outcome = { kind: 'void' };

/**
 * Carries a statement out, with the rights that the role has now.
 *
 * @throws CqlError with the words of a real server where it has one for it
 */
export function execute(
  state: StubState,
  session: Session,
  cql: string,
): Outcome {
  const statement = parseStatement(cql);
  switch (statement.kind) {
    case 'select':
      return { kind: 'rows', table: select(state, session, statement) };
    case 'use':
      return { kind: 'keyspace', keyspace: statement.keyspace };
    case 'createKeyspace':
    case 'alterKeyspace':
    case 'dropKeyspace':
      return changeKeyspace(state, session, statement);
    case 'createTable':
    case 'dropTable':
      return changeTable(state, session, statement);
    default:
      return manageRoles(state, session.role, statement);
  }
}

function select(
  state: StubState,
  session: Session,
  statement: StatementOf<'select'>,
): Table {
  const name = qualify(statement.table, session);
  const table = systemTable(state, session.node, name);
  if (!table) {
    throw new CqlError(
      errorCodes.invalid,
      name.startsWith('system')
        ? `table ${name.split('.')[1]} does not exist`
        : `this is a stub: it stores no rows, "${name}" cannot be read`,
    );
  }
  const [keyspace] = name.split('.');
  if (keyspace === 'system_auth' || keyspace === 'system_views') {
    requirePermission(state, session, 'SELECT', `<table ${name}>`, [
      'ALL KEYSPACES',
      `KEYSPACE ${keyspace}`,
      `TABLE ${name}`,
    ]);
  }
  return project(filter(table, statement.where), statement.columns);
}

function filter(table: Table, where: StatementOf<'select'>['where']): Table {
  const matches = (row: Row) =>
    where.every(([column, value]) => String(row[column]) === value);
  for (const [column] of where) requireColumn(table, column);
  return { ...table, rows: table.rows.filter(matches) };
}

function project(table: Table, names: readonly string[] | undefined): Table {
  if (!names) return table;
  for (const name of names) requireColumn(table, name);
  const columns = Object.fromEntries(names.map(it => [it, table.columns[it]]));
  return { ...table, columns };
}

function requireColumn(table: Table, name: string): void {
  if (Object.hasOwn(table.columns, name)) return;
  throw new CqlError(
    errorCodes.invalid,
    `Undefined column name ${name} in table ${table.keyspace}.${table.name}`,
  );
}

function changeKeyspace(
  state: StubState,
  session: Session,
  statement: StatementOf<'createKeyspace' | 'alterKeyspace' | 'dropKeyspace'>,
): Outcome {
  const { keyspace, replication, conditional } = statement;
  const permission = permissionOf(statement.kind);
  requirePermission(state, session, permission, `<keyspace ${keyspace}>`, [
    'ALL KEYSPACES',
    `KEYSPACE ${keyspace}`,
  ]);
  const existing = state.keyspaces.get(keyspace);
  if (statement.kind === 'createKeyspace') {
    if (existing && conditional) return VOID;
    if (existing) {
      throw alreadyExists(`Keyspace '${keyspace}' already exists`, keyspace);
    }
  } else if (!existing) {
    if (conditional) return VOID;
    throw notThere(`Keyspace '${keyspace}' doesn't exist`);
  }
  if (statement.kind === 'dropKeyspace') state.keyspaces.delete(keyspace);
  else {
    const tables = existing?.tables ?? new Set<string>();
    state.keyspaces.set(keyspace, { replication, tables });
  }
  return schemaChange(state, { change: changeOf(statement.kind), keyspace });
}

function changeTable(
  state: StubState,
  session: Session,
  statement: StatementOf<'createTable' | 'dropTable'>,
): Outcome {
  const name = qualify(statement.table, session);
  const [keyspace, table] = name.split('.');
  const tables = state.keyspaces.get(keyspace)?.tables;
  if (!tables) throw notThere(`Keyspace '${keyspace}' doesn't exist`);
  const permission = permissionOf(statement.kind);
  requirePermission(state, session, permission, `<keyspace ${keyspace}>`, [
    'ALL KEYSPACES',
    `KEYSPACE ${keyspace}`,
    ...(permission === 'DROP' ? [`TABLE ${name}`] : []),
  ]);
  const create = statement.kind === 'createTable';
  if (tables.has(table) === create) {
    if (statement.conditional) return VOID;
    throw create
      ? alreadyExists(`Table '${name}' already exists`, keyspace, table)
      : notThere(`Table '${name}' doesn't exist`);
  }
  if (create) tables.add(table);
  else tables.delete(table);
  return schemaChange(state, {
    change: changeOf(statement.kind),
    keyspace,
    table,
  });
}

/** @throws CqlError unless the role has the permission on one of the resources */
function requirePermission(
  { roles }: StubState,
  { role }: Session,
  permission: string,
  resource: string,
  granting: readonly string[],
): void {
  if (roles.may(role.name, permission, granting)) return;
  throw new CqlError(
    errorCodes.unauthorized,
    `User ${role.name} has no ${permission} permission on ${resource} or any of its parents`,
  );
}

function permissionOf(kind: string): 'CREATE' | 'ALTER' | 'DROP' {
  if (kind.startsWith('create')) return 'CREATE';
  return kind.startsWith('alter') ? 'ALTER' : 'DROP';
}

function changeOf(kind: string): SchemaChange['change'] {
  if (kind.startsWith('create')) return 'CREATED';
  return kind.startsWith('alter') ? 'UPDATED' : 'DROPPED';
}

function schemaChange(state: StubState, schema: SchemaChange): Outcome {
  state.schemaChanged(schema);
  return { kind: 'schema', schema };
}

function qualify(table: string, { keyspace }: Session): string {
  if (table.includes('.')) return table;
  if (keyspace) return `${keyspace}.${table}`;
  throw new CqlError(
    errorCodes.invalid,
    'No keyspace has been specified. USE a keyspace, or explicitly specify keyspace.tablename',
  );
}

function notThere(message: string): CqlError {
  return new CqlError(errorCodes.invalid, message);
}

function alreadyExists(
  message: string,
  keyspace: string,
  table = '',
): CqlError {
  const details = Buffer.concat([string(keyspace), string(table)]);
  return new CqlError(errorCodes.alreadyExists, message, details);
}
