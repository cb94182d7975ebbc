import type { KeyspaceAccess } from '@ringfence/backstage-plugin-ringfence-common';
import {
  quoteIdentifier,
  quoteText,
} from '@ringfence/backstage-plugin-ringfence-node';

/** Statements take no parameters for names and permissions, hence the texts. */
const PERMISSIONS: Readonly<Record<KeyspaceAccess, readonly string[]>> = {
  read: ['SELECT'],
  readWrite: ['SELECT', 'MODIFY'],
};

/** `team_<name>_v<version>`: no role of the database itself is called so. */
export function roleName(name: string, version: number): string {
  return `team_${name.replace(/-/g, '_')}_v${version}`;
}

/** The version in a role's name. */
export function roleVersion(role: string): number {
  return Number(/_v(\d+)$/.exec(role)?.[1] ?? 0);
}

/**
 * Makes a role that may log in and do nothing else. One that an attempt left
 * behind, whose password nobody knows, ends first, with all granted to it.
 */
export function roleStatements(role: string, password: string): string[] {
  return [
    dropStatement(role),
    `CREATE ROLE ${quoteIdentifier(role)} WITH PASSWORD = ${quoteText(
      password,
    )} AND SUPERUSER = false AND LOGIN = true`,
  ];
}

/** Grants a role the least that the access takes, keyspace by keyspace. */
export function grantStatements(
  role: string,
  keyspaces: readonly string[],
  access: KeyspaceAccess,
): string[] {
  return keyspaces.flatMap(keyspace =>
    PERMISSIONS[access].map(
      permission =>
        `GRANT ${permission} ON KEYSPACE ${quoteIdentifier(
          keyspace,
        )} TO ${quoteIdentifier(role)}`,
    ),
  );
}

/** Ends a role; the database takes back what was granted to it. */
export function dropStatement(role: string): string {
  return `DROP ROLE IF EXISTS ${quoteIdentifier(role)}`;
}
