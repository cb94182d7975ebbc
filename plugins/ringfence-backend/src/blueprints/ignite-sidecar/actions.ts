import {
  names,
  type Action,
  type DatabaseTools,
  type IgniteSession,
  type Login,
  type ProbeWait,
  type Via,
  type WaitState,
} from '@ringfence/backstage-plugin-ringfence-node';
import { PORTS } from './names';
import { PUBLIC_LOGIN } from './observation';
import { hasLogins, type IgniteSidecarSpec } from './spec';

/** The first pod, through the API server: before the route exists nobody else gets in. */
function firstPod(spec: IgniteSidecarSpec): Via {
  return { pod: names.pod(spec, 0), port: PORTS.thinClient };
}

/** Does something in a session of whoever may do everything at the time. */
async function withSession<T>(
  spec: IgniteSidecarSpec,
  tools: DatabaseTools,
  signal: AbortSignal,
  act: (session: IgniteSession) => Promise<T>,
): Promise<T> {
  const via = firstPod(spec);
  const session = await tools.ignite(await whoMay(spec, tools, signal), via);
  try {
    return await act(session);
  } finally {
    await session.close();
  }
}

/** The superuser, as soon as its password is the generated one; until then the login that everybody knows. */
async function whoMay(
  spec: IgniteSidecarSpec,
  tools: DatabaseTools,
  signal: AbortSignal,
): Promise<Login> {
  if (!hasLogins(spec)) return 'anonymous';
  const superuser = { secret: names.superuserSecret(spec) };
  const via = firstPod(spec);
  const { outcome } = await tools.tryLogin(superuser, via, { signal });
  return outcome === 'refused' ? PUBLIC_LOGIN : superuser;
}

/** Every node is in one topology, as the first one sees it; asked of an inactive cluster too. */
export function topologyComplete(spec: IgniteSidecarSpec): ProbeWait {
  const { replicas, namespace } = spec;
  return {
    kind: 'probe',
    name: `${replicas} of ${replicas} nodes are in the topology`,
    timeoutMs: 5 * 60_000,
    everyMs: 2_000,
    when: 'before-actions',
    remedy: `Look at: kubectl logs -n ${namespace} ${names.pod(
      spec,
      0,
    )} -c ignite | grep "Topology snapshot"; nodes that do not find each other are fenced off from ports 47500 and 47100`,
    probe: async (tools, _observed, signal) => {
      const found = await withSession(spec, tools, signal, session =>
        session.serverNodes(),
      );
      return judgeTopology(found, replicas);
    },
  };
}

function judgeTopology(found: number, replicas: number): WaitState {
  return found === replicas
    ? { state: 'done', message: `${replicas} nodes in the topology` }
    : {
        state: 'waiting',
        why: `${found} of ${replicas} nodes are in the topology`,
      };
}

/** A cluster that keeps data on volumes starts inactive, so that no data is looked for before all nodes are there. */
export function activate(spec: IgniteSidecarSpec): Action {
  return {
    name: 'activate the cluster',
    run: (tools, signal) =>
      withSession(spec, tools, signal, async session => {
        if ((await session.state()) === 'ACTIVE') return 'it is active';
        await session.setState('ACTIVE');
        return 'activated';
      }),
  };
}

/** Gives the superuser, whose password everybody knows, the generated one. */
export function replacePublicPassword(spec: IgniteSidecarSpec): Action {
  const secret = names.superuserSecret(spec);
  return {
    name: `give the superuser the password of Secret "${secret}"`,
    run: async (tools, signal) => {
      const login = await whoMay(spec, tools, signal);
      if (login !== PUBLIC_LOGIN) return 'the superuser has it';
      const { username, password } = await readLogin(tools, secret);
      await withSession(spec, tools, signal, session =>
        secretly(password, () =>
          session.query(
            `ALTER USER ${quoted(username)} WITH PASSWORD ${literal(password)}`,
          ),
        ),
      );
      return `superuser "${username}" has a generated password`;
    },
  };
}

/** Makes the user of applications, or gives it the password of its Secret. */
export function createApplicationUser(spec: IgniteSidecarSpec): Action {
  const secret = names.applicationSecret(spec);
  return {
    name: `make the user of Secret "${secret}"`,
    run: async (tools, signal) => {
      const via = firstPod(spec);
      const own = await tools.tryLogin({ secret }, via, { signal });
      if (own.outcome === 'accepted') return 'the user is there';
      const { username, password } = await readLogin(tools, secret);
      await withSession(spec, tools, signal, async session => {
        const user = quoted(username);
        await secretly(password, async () => {
          try {
            await session.query(
              `CREATE USER ${user} WITH PASSWORD ${literal(password)}`,
            );
          } catch (error) {
            // There is no IF NOT EXISTS for users.
            if (!/already exists/i.test(String(error))) throw error;
            await session.query(
              `ALTER USER ${user} WITH PASSWORD ${literal(password)}`,
            );
          }
        });
      });
      return `made user "${username}"`;
    },
  };
}

async function readLogin(tools: DatabaseTools, secret: string) {
  const { username, password } = await tools.secret(secret);
  if (!username || !password) {
    throw new Error(
      `Secret "${tools.database.namespace}/${secret}" has no username or no password; delete it, then provision the database again`,
    );
  }
  return { username: username.reveal(), password: password.reveal() };
}

/** Without quotes Ignite would write the name in capitals. */
function quoted(username: string): string {
  return `"${username.replace(/"/g, '""')}"`;
}

/** Whoever writes the Secret may use any character: none ends the text early. */
function literal(password: string): string {
  return `'${password.replace(/'/g, "''")}'`;
}

/** A statement that is refused is cited, with the password in it: not by us. */
async function secretly(password: string, run: () => Promise<unknown>) {
  try {
    await run();
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new Error(
      [literal(password), password].reduce(
        (hidden, secret) => hidden.split(secret).join('[redacted]'),
        words,
      ),
    );
  }
}
