import { CqlError, errorCodes } from './frames';
import type { Outcome } from './execute';
import type { Table } from './rows';
import type { Role } from './Roles';
import type { StatementOf } from './statements';
import type { StubState } from './StubState';

/** A statement on roles. */
export type RoleStatement = StatementOf<
  'createRole' | 'alterRole' | 'dropRole' | 'listRoles' | 'grant' | 'revoke'
>;

const VOID: Outcome = { kind: 'void' };

/**
 * Carries a statement on roles out: superusers may, and everybody may change
 * the own password.
 *
 * @throws CqlError
 */
export function manageRoles(
  state: StubState,
  self: Role,
  statement: RoleStatement,
): Outcome {
  if (statement.kind === 'listRoles') {
    return { kind: 'rows', table: listRoles(state, self, statement.of) };
  }
  const ownPassword =
    statement.kind === 'alterRole' &&
    statement.role === self.name &&
    statement.options.superuser === undefined;
  if (!self.superuser && !ownPassword) {
    throw new CqlError(
      errorCodes.unauthorized,
      `User ${self.name} does not have sufficient privileges to perform the requested operation`,
    );
  }
  changeRoles(state, statement);
  return VOID;
}

function changeRoles(
  state: StubState,
  statement: Exclude<RoleStatement, StatementOf<'listRoles'>>,
): void {
  const { roles } = state;
  const known = roles.find(statement.role) !== undefined;
  switch (statement.kind) {
    case 'createRole':
      if (known && statement.conditional) return;
      roles.create(statement.role, statement.options);
      return;
    case 'alterRole':
      if (!known && statement.conditional) return;
      roles.alter(statement.role, statement.options);
      return;
    case 'dropRole':
      if (!known && statement.conditional) return;
      roles.get(statement.role);
      roles.drop(statement.role);
      return;
    default:
      changeGrant(state, statement);
  }
}

/** `ALL` stands for each permission; which ones are enough for the stub. */
const ALL_PERMISSIONS = [
  'CREATE',
  'ALTER',
  'DROP',
  'SELECT',
  'MODIFY',
  'AUTHORIZE',
  'DESCRIBE',
  'EXECUTE',
];

function changeGrant(
  { roles }: StubState,
  statement: StatementOf<'grant' | 'revoke'>,
): void {
  const role = roles.get(statement.role);
  const { permission, on, kind } = statement;
  if (permission === undefined) {
    roles.get(on);
    if (kind === 'grant') role.memberOf.add(on);
    else role.memberOf.delete(on);
    return;
  }
  const permissions = permission === 'ALL' ? ALL_PERMISSIONS : [permission];
  for (const it of permissions) {
    if (kind === 'grant') role.permissions.add(`${it} ON ${on}`);
    else role.permissions.delete(`${it} ON ${on}`);
  }
}

function listRoles(
  { roles }: StubState,
  self: Role,
  of: string | undefined,
): Table {
  const visible = roles
    .list()
    .filter(role => self.superuser || role.name === self.name)
    .filter(role => of === undefined || role.name === of);
  return {
    keyspace: 'system_auth',
    name: 'roles',
    columns: {
      role: 'varchar',
      super: 'boolean',
      login: 'boolean',
      options: 'map<varchar, varchar>',
      datacenters: 'varchar',
    },
    rows: visible.map(role => ({
      role: role.name,
      super: role.superuser,
      login: role.login,
      options: {},
      datacenters: 'ALL',
    })),
  };
}
