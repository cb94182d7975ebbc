import { setTimeout } from 'node:timers/promises';
import { InputError } from '@backstage/errors';
import type { IssuedCredential } from '@ringfence/backstage-plugin-ringfence-common';
import {
  names,
  type CqlSession,
  type Via,
} from '@ringfence/backstage-plugin-ringfence-node';
import { RefusedError } from '../provisioning/errors';
import { ownLabels } from '../provisioning/objects';
import type { Operated } from '../provisioning/operate';
import { dropStatement, grantStatements, roleStatements } from './roles';

const SECRET = { apiVersion: 'v1', kind: 'Secret' } as const;
/** Names the credential that a Secret is for. */
const CREDENTIAL_LABEL = 'ringfence.dev/credential';
/** A node learns of a role that another one made within 2 s in Cassandra, 10 s in ScyllaDB. */
const KNOWN_WITHIN_MS = 30_000;
const POLL_MS = 250;

type Acting = Pick<Operated, 'run' | 'blueprint' | 'spec'>;

/** Makes the role of a credential and grants it its keyspaces. @throws RefusedError where one is not there */
export async function makeRole(
  acting: Acting,
  { role, keyspaces, access }: IssuedCredential,
  password: string,
): Promise<void> {
  await asSuperuser(acting, async session => {
    await requireKeyspaces(acting, session, keyspaces);
    for (const statement of roleStatements(role, password)) {
      await executeSecretly(session, statement, password);
    }
    for (const statement of grantStatements(role, keyspaces, access)) {
      await session.execute(statement);
    }
  });
}

/** Ends a role, wherever it is still there. */
export async function dropRole(acting: Acting, role: string): Promise<void> {
  await asSuperuser(acting, session => session.execute(dropStatement(role)));
}

/** Writes the login where its team's programs may read it. */
export async function writeSecret(
  { run }: Acting,
  { secret, role, name }: IssuedCredential,
  password: string,
): Promise<void> {
  const encode = (text: string) => Buffer.from(text).toString('base64');
  await run.kubernetes.apply({
    ...SECRET,
    metadata: {
      name: secret,
      namespace: run.ref.namespace,
      labels: { ...ownLabels(run.name), [CREDENTIAL_LABEL]: name },
    },
    type: 'Opaque',
    data: { username: encode(role), password: encode(password) },
  });
}

/** Takes the login away from where programs read it. */
export async function dropSecret(
  { run }: Acting,
  secret: string,
): Promise<void> {
  await run.kubernetes.delete({
    ...SECRET,
    name: secret,
    namespace: run.ref.namespace,
  });
}

/** Waits until a credential's login is accepted. @throws where it is not in time */
export async function loginWorks(
  acting: Acting,
  { secret, role }: IssuedCredential,
): Promise<void> {
  const { run } = acting;
  const { signal } = run;
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    const result = await run.tools.tryLogin({ secret }, firstPod(acting), {
      signal,
    });
    if (result.outcome === 'accepted') return;
    if (waitedMs >= KNOWN_WITHIN_MS) {
      throw new Error(
        `Role "${role}" was made, but cannot log in: ${result.message}`,
      );
    }
    await setTimeout(POLL_MS, undefined, { signal });
  }
}

function firstPod({ spec, blueprint }: Acting): Via {
  const { clientPort } = blueprint.observation(spec);
  return { pod: names.pod(spec, 0), port: clientPort };
}

async function asSuperuser<T>(
  acting: Acting,
  use: (session: CqlSession) => Promise<T>,
): Promise<T> {
  const secret = names.superuserSecret(acting.spec);
  const session = await acting.run.tools.cql({ secret }, firstPod(acting));
  try {
    return await use(session);
  } finally {
    await session.close();
  }
}

async function requireKeyspaces(
  { run }: Acting,
  session: CqlSession,
  keyspaces: readonly string[],
): Promise<void> {
  const rows = await session.execute(
    'SELECT keyspace_name FROM system_schema.keyspaces',
  );
  const known = new Set(rows.map(row => row.keyspace_name));
  const missing = keyspaces.filter(keyspace => !known.has(keyspace));
  if (missing.length === 0) return;
  const list = missing.map(keyspace => `"${keyspace}"`).join(', ');
  throw new RefusedError(
    `keyspaces: database "${run.name}" has no keyspace ${list}`,
    {
      name: InputError.name,
      remedy: 'Create it first; names in CQL are lower case unless quoted',
    },
  );
}

/** Role statements take no parameters, and a database may quote a statement in its error. */
async function executeSecretly(
  session: CqlSession,
  statement: string,
  secret: string,
): Promise<void> {
  try {
    await session.execute(statement);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(message.split(secret).join('[redacted]'));
  }
}
