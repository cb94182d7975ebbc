import {
  Secret,
  type DatabaseTools,
  type IgniteState,
  type Login,
} from '@ringfence/backstage-plugin-ringfence-node';
import { exampleSpec } from './__fixtures__/spec';
import { stageOf } from './__fixtures__/stages';
import {
  activate,
  createApplicationUser,
  replacePublicPassword,
  topologyComplete,
} from './actions';

const { signal } = new AbortController();
const spec = exampleSpec();
const PASSWORDS = {
  'orders-superuser': 'Generated1',
  'orders-app': 'Generated2',
};

/** A cluster that knows users by their passwords, as Ignite does. */
function cluster({
  state = 'INACTIVE' as IgniteState,
  users = { ignite: 'ignite' } as Record<string, string>,
  nodes = 2,
  passwords = PASSWORDS,
} = {}) {
  const statements: string[] = [];
  const credentials = (login: Login) => {
    if (login === 'anonymous') return undefined;
    if ('username' in login) return login;
    const username =
      login.secret === 'orders-superuser' ? 'ignite' : 'orders_app';
    return {
      username,
      password: passwords[login.secret as keyof typeof PASSWORDS],
    };
  };
  const knows = (login: Login) => {
    const found = credentials(login);
    return found !== undefined && users[found.username] === found.password;
  };
  const query = async (sql: string) => {
    statements.push(sql);
    const match =
      /^(CREATE|ALTER) USER "(\w+)" WITH PASSWORD '((?:[^']|'')+)'$/.exec(sql);
    if (!match) throw new Error(`Failed to parse query: ${sql}`);
    const [, verb, user, password] = match;
    if (verb === 'CREATE' && user in users) {
      throw new Error(`User already exists [login=${user}]`);
    }
    users[user] = password.replace(/''/g, "'");
    return [];
  };
  const facts = { state, closed: 0, statements, users };
  const tools = {
    database: { kubernetesCluster: 'eu-1', namespace: 'orders' },
    tryLogin: async (login: Login) =>
      knows(login)
        ? { outcome: 'accepted' }
        : { outcome: 'refused', message: 'no' },
    secret: async (name: keyof typeof PASSWORDS) => ({
      username: new Secret(
        name === 'orders-superuser' ? 'ignite' : 'orders_app',
      ),
      password: new Secret(passwords[name]),
    }),
    ignite: async (login: Login) => {
      if (!knows(login))
        throw new Error('The user name or password is incorrect');
      return {
        query,
        state: async () => facts.state,
        setState: async (next: IgniteState) => {
          facts.state = next;
        },
        serverNodes: async () => nodes,
        close: async () => {
          facts.closed += 1;
        },
      };
    },
  } as unknown as DatabaseTools;
  return { tools, facts };
}

it('come after the topology is complete, activation first', () => {
  const { waits, actions } = stageOf('database');
  expect(waits.map(({ name, when }) => [name, when])).toEqual([
    ['StatefulSet "orders/orders" is rolled out', 'before-actions'],
    ['2 of 2 nodes are in the topology', 'before-actions'],
  ]);
  expect(actions?.map(({ name }) => name)).toEqual([
    'activate the cluster',
    'give the superuser the password of Secret "orders-superuser"',
    'make the user of Secret "orders-app"',
  ]);
});

it.each([
  [2, 'done'],
  [1, 'waiting'],
])('count %d of two nodes in an inactive cluster: %s', async (nodes, state) => {
  const { tools, facts } = cluster({ nodes });
  const observed = { gatewayAddresses: [], secretHashes: {} };
  const result = await topologyComplete(spec).probe(tools, observed, signal);
  expect(result.state).toBe(state);
  expect(facts.closed).toBe(1);
});

it('bring a fresh cluster to logins that nobody knows', async () => {
  const { tools, facts } = cluster();
  await activate(spec).run(tools, signal);
  await replacePublicPassword(spec).run(tools, signal);
  await createApplicationUser(spec).run(tools, signal);
  expect(facts).toMatchObject({
    state: 'ACTIVE',
    users: { ignite: 'Generated1', orders_app: 'Generated2' },
    closed: 3,
  });
});

it('do nothing a second time', async () => {
  const { tools, facts } = cluster({
    state: 'ACTIVE',
    users: { ignite: 'Generated1', orders_app: 'Generated2' },
  });
  const said = [
    await activate(spec).run(tools, signal),
    await replacePublicPassword(spec).run(tools, signal),
    await createApplicationUser(spec).run(tools, signal),
  ];
  expect(said).toEqual([
    'it is active',
    'the superuser has it',
    'the user is there',
  ]);
  expect(facts.statements).toEqual([]);
});

it('give a user that is there the password of its Secret', async () => {
  const { tools, facts } = cluster({
    state: 'ACTIVE',
    users: { ignite: 'Generated1', orders_app: 'Former' },
  });
  await createApplicationUser(spec).run(tools, signal);
  expect(facts.users.orders_app).toBe('Generated2');
});

it('write a password that has quotes in it as a text and nothing else', async () => {
  const rotated = `x' ; DROP USER "ignite" --`;
  const { tools, facts } = cluster({
    state: 'ACTIVE',
    users: { ignite: 'Generated1', orders_app: 'Former' },
    passwords: { ...PASSWORDS, 'orders-app': rotated },
  });
  await createApplicationUser(spec).run(tools, signal);
  expect(facts.users.orders_app).toBe(rotated);
});

it('tell no password, not even in an error that cites the statement', async () => {
  const { tools } = cluster();
  const refusing = {
    ...tools,
    ignite: async () => ({
      query: async (sql: string) => {
        throw new Error(`Failed to execute: ${sql}`);
      },
      close: async () => {},
    }),
  } as unknown as DatabaseTools;
  const error = await replacePublicPassword(spec)
    .run(refusing, signal)
    .catch(found => String(found));
  expect(error).toContain('[redacted]');
  expect(error).not.toContain('Generated1');
});
