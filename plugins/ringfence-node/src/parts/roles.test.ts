import { Secret } from '../secret';
import type { DatabaseTools, Login, LoginResult } from '../tools';
import {
  createApplicationRole,
  createSuperuser,
  disablePublicLogin,
  replicateAuth,
} from './roles';

const SPEC = { name: 'orders', namespace: 'orders' };
const PUBLIC = { username: 'cassandra', password: 'cassandra' };
const PASSWORD = "it's secret";

interface Fake {
  /** Logins that are accepted, as `secret orders-app` or `cassandra`. */
  accepts: string[];
  replication?: Record<string, string>;
  repairExitCode?: number;
  failure?: Error;
  /** The login that a role which is made here has; none where the role is there already. */
  makes?: string;
  /** How often a disabled login is still accepted, from a cache. */
  remembers?: number;
}

function loginName(login: Login): string {
  if (login === 'anonymous') return login;
  return 'secret' in login ? `secret ${login.secret}` : login.username;
}

/** A database that remembers what was done to it. */
function fakeTools(fake: Fake) {
  const { accepts, replication, repairExitCode = 0, failure } = fake;
  const log: string[] = [];
  let disabled: string | undefined;
  let remembers = fake.remembers ?? 0;
  const accepted = (name: string) => {
    if (name !== disabled) return accepts.includes(name);
    remembers -= 1;
    return remembers >= 0;
  };
  const tools = {
    tryLogin: async (login: Login): Promise<LoginResult> =>
      accepted(loginName(login))
        ? { outcome: 'accepted' }
        : { outcome: 'refused', message: 'bad credentials' },
    cql: async (login: Login, via: unknown) => {
      log.push(`open as ${loginName(login)} at ${JSON.stringify(via)}`);
      return {
        execute: async (query: string) => {
          log.push(query);
          disabled = /^ALTER ROLE "(\w+)" WITH SUPERUSER/.exec(query)?.[1];
          if (failure) throw failure;
          if (query.startsWith('CREATE ROLE') && fake.makes) {
            accepts.push(fake.makes);
          }
          if (query.startsWith('SELECT')) {
            return replication ? [{ replication }] : [];
          }
          return [];
        },
        close: async () => {
          log.push('close');
        },
      };
    },
    exec: async ({ pod }: { pod: string }, command: readonly string[]) => {
      log.push(`${pod}: ${command.join(' ')}`);
      return { exitCode: repairExitCode, stdout: '', stderr: 'no route' };
    },
    secret: async (name: string) => ({
      username: new Secret(name.replace('-', '_')),
      password: new Secret(PASSWORD),
    }),
  };
  return { tools: tools as unknown as DatabaseTools, log };
}

const signal = new AbortController().signal;

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise(resolve => setImmediate(resolve));
}
const AT_POD = '{"pod":"orders-0","port":9042}';

describe('createSuperuser', () => {
  const action = createSuperuser(SPEC, PUBLIC, { port: 9042 });

  it('makes it with the login that everybody knows, quoting name and password', async () => {
    const { tools, log } = fakeTools({ accepts: ['cassandra'] });
    await expect(action.run(tools, signal)).resolves.toBe(
      'made superuser "orders_superuser"',
    );
    expect(log).toEqual([
      `open as cassandra at ${AT_POD}`,
      `CREATE ROLE IF NOT EXISTS "orders_superuser" WITH PASSWORD = 'it''s secret' AND SUPERUSER = true AND LOGIN = true`,
      'close',
    ]);
  });

  it('waits for the login that the database makes some time after its start', async () => {
    const accepts: string[] = [];
    const { tools, log } = fakeTools({ accepts });
    const tryLogin = jest.spyOn(tools, 'tryLogin');
    const run = action.run(tools, signal);
    await until(() => tryLogin.mock.calls.length >= 3);
    expect(log).toEqual([]);
    accepts.push('cassandra');
    await expect(run).resolves.toBe('made superuser "orders_superuser"');
  });

  it('stops waiting for it when asked to', async () => {
    const { tools } = fakeTools({ accepts: [] });
    const tryLogin = jest.spyOn(tools, 'tryLogin');
    const controller = new AbortController();
    const end = action.run(tools, controller.signal).catch(error => error);
    await until(() => tryLogin.mock.calls.length >= 2);
    controller.abort();
    await expect(end).resolves.toMatchObject({ name: 'AbortError' });
  });

  it('does nothing where it is there', async () => {
    const { tools, log } = fakeTools({ accepts: ['secret orders-superuser'] });
    await expect(action.run(tools, signal)).resolves.toBe(
      'the superuser is there',
    );
    expect(log).toEqual([]);
  });

  it('shows the password in no error, and closes the session', async () => {
    const failure = new Error(`line 1: mismatched input '${PASSWORD}'`);
    const { tools, log } = fakeTools({ accepts: ['cassandra'], failure });
    await expect(action.run(tools, signal)).rejects.toThrow(
      "line 1: mismatched input '[redacted]'",
    );
    expect(log).toContain('close');
  });
});

describe('disablePublicLogin', () => {
  const action = disablePublicLogin(SPEC, PUBLIC, { port: 9042 });

  it('takes login and rights from it, as the superuser', async () => {
    const { tools, log } = fakeTools({ accepts: ['cassandra'] });
    await expect(action.run(tools, signal)).resolves.toBe(
      'disabled public login "cassandra"',
    );
    expect(log).toEqual([
      `open as secret orders-superuser at ${AT_POD}`,
      'ALTER ROLE "cassandra" WITH SUPERUSER = false AND LOGIN = false',
      'close',
    ]);
  });

  it('is done once no node accepts it from memory any more', async () => {
    const { tools, log } = fakeTools({ accepts: ['cassandra'], remembers: 2 });
    const tryLogin = jest.spyOn(tools, 'tryLogin');
    await action.run(tools, signal);
    expect(tryLogin).toHaveBeenCalledTimes(4);
    expect(log.filter(line => line.startsWith('ALTER'))).toHaveLength(1);
  });

  it('does nothing where it is refused already', async () => {
    const { tools, log } = fakeTools({ accepts: [] });
    await action.run(tools, signal);
    expect(log).toEqual([]);
  });
});

describe('createApplicationRole', () => {
  const action = createApplicationRole(SPEC, { port: 9042 });
  const grant = 'GRANT CREATE ON ALL KEYSPACES TO "orders_app"';

  const settings = `WITH PASSWORD = 'it''s secret' AND SUPERUSER = false AND LOGIN = true`;
  const opened = `open as secret orders-superuser at ${AT_POD}`;
  const created = `CREATE ROLE IF NOT EXISTS "orders_app" ${settings}`;

  it('makes a role that is no superuser and may create keyspaces', async () => {
    const makes = 'secret orders-app';
    const { tools, log } = fakeTools({ accepts: [], makes });
    await action.run(tools, signal);
    // Its password is set once: a second time within 5 s Cassandra refuses.
    expect(log).toEqual([opened, created, grant, 'close']);
  });

  it('gives a role that is there the password of the Secret', async () => {
    const { tools, log } = fakeTools({ accepts: [] });
    await action.run(tools, signal);
    const altered = `ALTER ROLE "orders_app" ${settings}`;
    expect(log).toEqual([opened, created, altered, grant, 'close']);
  });

  it('leaves a role that works as it is, and grants again', async () => {
    const { tools, log } = fakeTools({ accepts: ['secret orders-app'] });
    await action.run(tools, signal);
    expect(log.filter(line => line.includes('ROLE'))).toEqual([]);
    expect(log).toContain(grant);
  });
});

describe('replicateAuth', () => {
  const options = { port: 9042, container: 'scylla', datacenter: 'dc1' };
  const finished = ['secret orders-app'];
  const run = (
    replicas: number,
    fake: Partial<Fake>,
    stop: AbortSignal = signal,
  ) => {
    const { tools, log } = fakeTools({ accepts: finished, ...fake });
    const action = replicateAuth(SPEC, { ...options, replicas });
    return { done: action.run(tools, stop), log };
  };
  const changes = (log: string[]) =>
    log.filter(line => !/^(open|close|SELECT)/.test(line));

  it.each<[string, Record<string, string> | undefined]>([
    ['no keyspace for roles', undefined],
    ['one on every node', { class: 'org.x.LocalStrategy' }],
  ])('does nothing where there is %s', async (_name, replication) => {
    const { done, log } = run(3, { replication });
    await expect(done).resolves.toBe('the database keeps roles on every node');
    expect(changes(log)).toEqual([]);
  });

  it.each<[string, Record<string, string>]>([
    ['in the datacenter', { class: 'NetworkTopologyStrategy', dc1: '3' }],
    ['in all', { class: 'SimpleStrategy', replication_factor: '3' }],
  ])('does nothing with replicas enough %s', async (_name, replication) => {
    const { done, log } = run(5, { replication });
    await done;
    expect(changes(log)).toEqual([]);
  });

  it.each([
    [3, 3, ['orders-0']],
    [4, 3, ['orders-0', 'orders-1', 'orders-2', 'orders-3']],
  ])(
    'raises them, with %p nodes, to %p and repairs on %p',
    async (replicas, factor, pods) => {
      const { done, log } = run(replicas, {
        replication: { class: 'SimpleStrategy', replication_factor: '1' },
      });
      await expect(done).resolves.toBe(`roles are on ${factor} nodes`);
      expect(changes(log)).toEqual([
        `ALTER KEYSPACE system_auth WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': ${factor}}`,
        ...pods.map(pod => `${pod}: nodetool repair -full system_auth`),
      ]);
    },
  );

  it('repairs after a run that ended between the change and the repair', async () => {
    const { done, log } = run(3, {
      accepts: [],
      replication: { class: 'NetworkTopologyStrategy', dc1: '3' },
    });
    await expect(done).resolves.toBe('roles are on 3 nodes');
    expect(changes(log)).toEqual([
      'orders-0: nodetool repair -full system_auth',
    ]);
  });

  it.each([
    [1, '1', 'roles are on 1 node'],
    [3, '3', 'roles are on 3 nodes'],
  ])(
    'repairs nothing that was so from the start, with %p nodes',
    async (replicas, factor, said) => {
      const { done, log } = run(replicas, {
        accepts: [],
        replication: { class: 'SimpleStrategy', replication_factor: factor },
      });
      await expect(done).resolves.toBe(said);
      expect(changes(log)).toEqual([]);
    },
  );

  it('begins no repair once it is to stop', async () => {
    const stopped = AbortSignal.abort(new Error('stopped'));
    const { done, log } = run(3, { replication: {} }, stopped);
    await expect(done).rejects.toThrow('stopped');
    expect(log.filter(line => line.includes('nodetool'))).toEqual([]);
  });

  it('says which pod could not repair, and the command to run', async () => {
    const { done } = run(3, { replication: {}, repairExitCode: 1 });
    await expect(done).rejects.toThrow(
      'Repair of system_auth failed in pod "orders/orders-0": no route. Run it by hand: kubectl exec -n orders orders-0 -c scylla -- nodetool repair -full system_auth',
    );
  });
});
