import { CqlError, errorCodes } from './frames';
import type { RoleOptions } from './Roles';

/** The statements that the stub carries out. */
export type Statement =
  | {
      readonly kind: 'select';
      /** With keyspace where the statement names one. */
      readonly table: string;
      /** Absent: all. */
      readonly columns?: readonly string[];
      readonly where: ReadonlyArray<readonly [column: string, value: string]>;
    }
  | { readonly kind: 'use'; readonly keyspace: string }
  | {
      readonly kind: 'createRole' | 'alterRole';
      readonly role: string;
      readonly options: RoleOptions;
      readonly conditional: boolean;
    }
  | {
      readonly kind: 'dropRole';
      readonly role: string;
      readonly conditional: boolean;
    }
  | { readonly kind: 'listRoles'; readonly of?: string }
  | {
      readonly kind: 'grant' | 'revoke';
      readonly role: string;
      /** Granted permission, or undefined where a role is granted. */
      readonly permission?: string;
      /** A resource, or the role that is granted. */
      readonly on: string;
    }
  | {
      readonly kind: 'createKeyspace' | 'alterKeyspace' | 'dropKeyspace';
      readonly keyspace: string;
      readonly replication: Readonly<Record<string, string>>;
      readonly conditional: boolean;
    }
  | {
      readonly kind: 'createTable' | 'dropTable';
      readonly table: string;
      readonly conditional: boolean;
    };

/** The statements of some kinds. */
export type StatementOf<Kind extends Statement['kind']> = Extract<
  Statement,
  { readonly kind: Kind }
>;

const NAME = `"(?:[^"]|"")+"|'(?:[^']|'')*'|\\w+`;
const QUALIFIED = `(?:(?:${NAME})\\.)?(?:${NAME})`;
const LITERAL = `'(?:[^']|'')*'|[\\w.+-]+`;

const pattern = (text: string) => new RegExp(`^${text}$`, 'is');

type Reading = readonly [
  pattern: RegExp,
  read: (groups: Record<string, string | undefined>) => Statement,
];

const READINGS: readonly Reading[] = [
  [
    pattern(
      `select (?<columns>\\*|[\\w",\\s]+) from (?<table>${QUALIFIED})(?: where (?<where>.+?))?(?: limit \\d+)?(?: allow filtering)?`,
    ),
    ({ columns, table, where }) => ({
      kind: 'select',
      table: qualified(table!),
      columns:
        columns === '*'
          ? undefined
          : columns!.split(',').map(it => name(it.trim())),
      where: where ? readWhere(where) : [],
    }),
  ],
  [
    pattern(`use (?<keyspace>${NAME})`),
    ({ keyspace }) => ({ kind: 'use', keyspace: name(keyspace!) }),
  ],
  [
    pattern(
      `(?<verb>create|alter) role (?<condition>if (?:not )?exists )?(?<role>${NAME})(?: with (?<options>.+))?`,
    ),
    ({ verb, condition, role, options }) => ({
      kind: verb!.toLowerCase() === 'create' ? 'createRole' : 'alterRole',
      role: name(role!),
      options: readRoleOptions(options ?? ''),
      conditional: condition !== undefined,
    }),
  ],
  [
    pattern(`drop role (?<condition>if exists )?(?<role>${NAME})`),
    ({ condition, role }) => ({
      kind: 'dropRole',
      role: name(role!),
      conditional: condition !== undefined,
    }),
  ],
  [
    pattern(`list roles(?: of (?<of>${NAME}))?(?: norecursive)?`),
    ({ of }) => ({ kind: 'listRoles', of: of && name(of) }),
  ],
  [
    pattern(
      `(?<verb>grant|revoke) (?<permission>\\w+)(?: permissions?)? on (?<resource>.+?) (?:to|from) (?<role>${NAME})`,
    ),
    ({ verb, permission, resource, role }) => ({
      kind: verb!.toLowerCase() as 'grant' | 'revoke',
      permission: permission!.toUpperCase(),
      on: readResource(resource!),
      role: name(role!),
    }),
  ],
  [
    pattern(
      `(?<verb>grant|revoke) (?<granted>${NAME}) (?:to|from) (?<role>${NAME})`,
    ),
    ({ verb, granted, role }) => ({
      kind: verb!.toLowerCase() as 'grant' | 'revoke',
      on: name(granted!),
      role: name(role!),
    }),
  ],
  [
    pattern(
      `(?<verb>create|alter|drop) keyspace (?<condition>if (?:not )?exists )?(?<keyspace>${NAME})(?: with (?<options>.+))?`,
    ),
    ({ verb, condition, keyspace, options }) => ({
      kind: `${verb!.toLowerCase() as 'create' | 'alter' | 'drop'}Keyspace`,
      keyspace: name(keyspace!),
      replication: readReplication(options ?? ''),
      conditional: condition !== undefined,
    }),
  ],
  [
    pattern(
      `(?<verb>create|drop) table (?<condition>if (?:not )?exists )?(?<table>${QUALIFIED})\\s*(?:\\(.+)?`,
    ),
    ({ verb, condition, table }) => ({
      kind: `${verb!.toLowerCase() as 'create' | 'drop'}Table`,
      table: qualified(table!),
      conditional: condition !== undefined,
    }),
  ],
];

/**
 * Reads a statement.
 *
 * @throws CqlError for all that a stub does not do
 */
export function parseStatement(cql: string): Statement {
  const text = normalize(cql);
  for (const [expression, read] of READINGS) {
    const match = expression.exec(text);
    if (match) return read(match.groups!);
  }
  throw new CqlError(
    errorCodes.invalid,
    `this is a stub: it answers logins, roles and system tables, and stores no data; it cannot run "${firstWords(
      text,
    )}". A real ring needs Linux, Java 11 or 17 and Maven`,
  );
}

/** One line, single spaces outside quotes, no semicolon at the end. */
function normalize(cql: string): string {
  return cql
    .replace(/'(?:[^']|'')*'|\s+/g, part => (part.startsWith("'") ? part : ' '))
    .trim()
    .replace(/\s*;$/, '');
}

/** Enough to recognize it, too little for a password to be in. */
function firstWords(text: string): string {
  return text.split(' ').slice(0, 2).join(' ');
}

/** Identifiers are lower case unless quoted. */
function name(text: string): string {
  if (text.startsWith('"')) return text.slice(1, -1).replaceAll('""', '"');
  if (text.startsWith("'")) return literal(text);
  return text.toLowerCase();
}

function qualified(text: string): string {
  return text.match(new RegExp(NAME, 'g'))!.map(name).join('.');
}

function literal(text: string): string {
  return text.startsWith("'") ? text.slice(1, -1).replaceAll("''", "'") : text;
}

function readWhere(text: string): Array<readonly [string, string]> {
  const terms = text.matchAll(
    new RegExp(`(${NAME})\\s*=\\s*(${LITERAL})(?: and |$)`, 'gi'),
  );
  return [...terms].map(([, column, value]) => [name(column), literal(value)]);
}

function readRoleOptions(text: string): RoleOptions {
  const option = (key: string) => {
    const found = new RegExp(`\\b${key}\\s*=\\s*(${LITERAL})`, 'i').exec(
      // What a password contains is no option.
      key === 'password' ? text : text.replace(/'(?:[^']|'')*'/g, "''"),
    );
    return found ? literal(found[1]) : undefined;
  };
  const flag = (key: string) => {
    const value = option(key);
    return value === undefined ? undefined : value.toLowerCase() === 'true';
  };
  return {
    password: option('password'),
    login: flag('login'),
    superuser: flag('superuser'),
  };
}

function readReplication(text: string): Record<string, string> {
  const map = /replication\s*=\s*\{([^}]*)\}/i.exec(text)?.[1] ?? '';
  const pairs = map.matchAll(/'([^']+)'\s*:\s*'?([\w.]+)'?/g);
  return Object.fromEntries([...pairs].map(([, key, value]) => [key, value]));
}

/** `ALL KEYSPACES`, `ALL ROLES`, `KEYSPACE orders`, `TABLE orders.items`. */
function readResource(text: string): string {
  const match = /^(all \w+|keyspace|role|table)(?: (.+))?$/i.exec(text);
  if (!match) return `TABLE ${qualified(text)}`;
  const kind = match[1].toUpperCase();
  return match[2] ? `${kind} ${qualified(match[2])}` : kind;
}
