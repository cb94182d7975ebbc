import {
  credentialRequestSchema,
  type CredentialRequest,
  type KeyspaceAccess,
} from '@ringfence/backstage-plugin-ringfence-common';

/** What the form holds, as it was typed. */
export interface RoleFields {
  readonly name: string;
  readonly team: string;
  readonly keyspaces: string;
  readonly access: KeyspaceAccess;
}

/** What is wrong with a field: which of the texts, and of which keyspace. */
export interface FieldProblem {
  readonly problem:
    | 'nameInvalid'
    | 'nameTaken'
    | 'teamInvalid'
    | 'keyspacesMissing'
    | 'keyspacesInvalid'
    | 'keyspacesSystem';
  readonly keyspace?: string;
}

export type FieldProblems = Partial<Record<keyof RoleFields, FieldProblem>>;

/** Reads what was typed. */
export function requestOf(fields: RoleFields): CredentialRequest {
  return {
    name: fields.name.trim(),
    team: fields.team.trim(),
    keyspaces: [...new Set(fields.keyspaces.split(/[\s,]+/).filter(Boolean))],
    access: fields.access,
  };
}

function keyspaceProblem(keyspace: string | undefined): FieldProblem {
  if (keyspace === undefined) return { problem: 'keyspacesMissing' };
  return {
    problem: /^system/i.test(keyspace) ? 'keyspacesSystem' : 'keyspacesInvalid',
    keyspace,
  };
}

/**
 * What the backend would refuse, field by field; the same schema decides.
 *
 * @param taken - names that are there
 */
export function problemsOf(
  request: CredentialRequest,
  taken: readonly string[],
): FieldProblems {
  const { error } = credentialRequestSchema.safeParse(request);
  const issues = error?.issues ?? [];
  const issueOf = (field: keyof RoleFields) =>
    issues.find(({ path }) => path[0] === field);
  const keyspace = issueOf('keyspaces');
  return {
    ...(taken.includes(request.name) && { name: { problem: 'nameTaken' } }),
    ...(issueOf('name') && { name: { problem: 'nameInvalid' } }),
    ...(issueOf('team') && { team: { problem: 'teamInvalid' } }),
    ...(keyspace && {
      keyspaces: keyspaceProblem(request.keyspaces[Number(keyspace.path[1])]),
    }),
  };
}
