import { mockServices } from '@backstage/backend-test-utils';
import type { DatabaseTools } from '@ringfence/backstage-plugin-ringfence-node';
import { createSandbox, type Sandbox } from '@ringfence/sandbox';
import { createBlueprintRegistry } from '../blueprints';
import { Provisioner } from '../provisioning';
import { systemClock } from '../provisioning/clock';
import { createDatabaseTools } from '../tools';
import { TeamCredentials } from './TeamCredentials';

jest.setTimeout(120_000);

const REF = { kubernetesCluster: 'sandbox', namespace: 'orders' };
const VIA = { pod: 'orders-0', port: 9042 };
const REQUEST = {
  name: 'reports',
  team: 'group:default/analytics',
  keyspaces: ['shop'],
  access: 'read',
};
const DAY_MS = 24 * 3_600_000;

let sandbox: Sandbox;
let credentials: TeamCredentials;
let tools: DatabaseTools;
/** Added to the machine's clock. */
let laterMs = 0;

const options = () => ({
  signal: new AbortController().signal,
  actor: 'user:default/ada',
});

beforeAll(async () => {
  sandbox = await createSandbox({
    ring: () => ({ stub: 'for a test of roles' }),
  });
  const entry = { kubernetes: sandbox.kubernetes, defaults: {} };
  const deps = {
    clusters: {
      listUsable: () => [entry],
      listUnusable: () => [],
      get: () => entry,
    },
    blueprints: createBlueprintRegistry(),
    createTools: createDatabaseTools,
    logger: mockServices.logger.mock(),
    clock: {
      ...systemClock,
      now: () => new Date(Date.now() + laterMs),
    },
  };
  tools = createDatabaseTools(sandbox.kubernetes, REF);
  credentials = new TeamCredentials(deps);
  const spec = {
    blueprint: 'scylladb-ambient',
    name: 'orders',
    owner: 'group:default/payments',
    ...REF,
  };
  for await (const event of new Provisioner(deps).provision(spec, options())) {
    if (event.type === 'failed') throw new Error(event.message);
  }
  await asAdmin(
    `CREATE KEYSPACE shop WITH replication = {'class': 'NetworkTopologyStrategy', 'datacenter1': 3}`,
  );
});
afterAll(() => sandbox?.stop());
afterEach(async () => {
  laterMs = 0;
  for (const { name } of await credentials.list(REF)) {
    await credentials.revoke(REF, name, options());
  }
});

async function asAdmin(statement: string) {
  const session = await tools.cql({ secret: 'orders-superuser' }, VIA);
  try {
    return await session.execute(statement);
  } finally {
    await session.close();
  }
}

const roles = async () =>
  (await asAdmin('LIST ROLES'))
    .map(row => String(row.role))
    .filter(role => role.startsWith('team_'));

const login = async (username: string, password: string) =>
  (await tools.tryLogin({ username, password }, VIA)).outcome;

const secretOf = (name: string) =>
  sandbox.kubernetes.get({
    apiVersion: 'v1',
    kind: 'Secret',
    namespace: 'orders',
    name,
  });

it('issues a role that logs in, with its login in a Secret, and lists it without', async () => {
  const { credential, password } = await credentials.issue(
    REF,
    REQUEST,
    options(),
  );
  expect(credential).toEqual({
    ...REQUEST,
    role: 'team_reports_v1',
    secret: 'orders-credential-reports',
    issuedBy: 'user:default/ada',
    issuedAt: expect.any(String),
  });
  expect(await login(credential.role, password.reveal())).toBe('accepted');
  expect(await login(credential.role, 'another')).toBe('refused');
  const secret = await secretOf(credential.secret);
  expect(secret?.metadata.labels).toMatchObject({
    'ringfence.dev/credential': 'reports',
    'ringfence.dev/database': 'orders',
  });
  expect(await tools.secret(credential.secret)).toEqual({
    username: expect.objectContaining({}),
    password: expect.objectContaining({}),
  });
  const listed = await credentials.list(REF);
  expect(listed).toEqual([credential]);
  expect(JSON.stringify(listed)).not.toContain(password.reveal());
});

it('lets both roles in after a rotation, until the grace is over', async () => {
  const first = await credentials.issue(REF, REQUEST, options());
  const second = await credentials.rotate(REF, 'reports', options());
  expect(second.credential).toMatchObject({
    role: 'team_reports_v2',
    keyspaces: ['shop'],
    previous: { role: 'team_reports_v1', until: expect.any(String) },
  });
  for (const { credential, password } of [first, second]) {
    expect(await login(credential.role, password.reveal())).toBe('accepted');
  }
  expect(await credentials.sweep(REF, options())).toBe(0);

  laterMs = DAY_MS + 1;
  expect(await credentials.sweep(REF, options())).toBe(1);
  expect(await roles()).toEqual(['team_reports_v2']);
  expect(await login('team_reports_v1', first.password.reveal())).toBe(
    'refused',
  );
  const [{ previous }] = await credentials.list(REF);
  expect(previous).toBeUndefined();
});

it('ends the old role at once where no grace is asked for', async () => {
  await credentials.issue(REF, REQUEST, options());
  await credentials.rotate(REF, 'reports', { ...options(), graceHours: 0 });
  expect(await roles()).toEqual(['team_reports_v2']);
});

it('never leaves more than two roles of one credential', async () => {
  await credentials.issue(REF, REQUEST, options());
  await credentials.rotate(REF, 'reports', options());
  await credentials.rotate(REF, 'reports', options());
  expect((await roles()).sort()).toEqual([
    'team_reports_v2',
    'team_reports_v3',
  ]);
});

it('revokes the role, that before it, and the Secret', async () => {
  const { credential } = await credentials.issue(REF, REQUEST, options());
  await credentials.rotate(REF, 'reports', options());
  await credentials.revoke(REF, 'reports', options());
  expect(await roles()).toEqual([]);
  expect(await secretOf(credential.secret)).toBeUndefined();
  expect(await credentials.list(REF)).toEqual([]);
});

it('has a role of an attempt that did not come to its end made anew', async () => {
  await asAdmin(
    `CREATE ROLE team_reports_v1 WITH PASSWORD = 'nobody knows it' AND LOGIN = true`,
  );
  const { credential, password } = await credentials.issue(
    REF,
    REQUEST,
    options(),
  );
  expect(await login(credential.role, password.reveal())).toBe('accepted');
});

it.each<[string, object, string, string]>([
  [
    'a keyspace that is not there',
    { keyspaces: ['shop', 'ship'] },
    'InputError',
    'keyspaces: database "orders" has no keyspace "ship"',
  ],
  [
    "a keyspace of the database's own",
    { keyspaces: ['system_auth'] },
    'InputError',
    'keyspaces.0: a keyspace of the database itself is granted to nobody',
  ],
  ['no keyspace', { keyspaces: [] }, 'InputError', 'keyspaces: '],
  ['a name that is none', { name: 'a"b' }, 'InputError', 'name: lower-case'],
  ['more than there is', { access: 'all' }, 'InputError', 'access: '],
  ['what nobody knows', { superuser: true }, 'InputError', 'Unrecognized key'],
])('refuses %s, and makes nothing', async (_what, change, name, message) => {
  await expect(
    credentials.issue(REF, { ...REQUEST, ...change }, options()),
  ).rejects.toMatchObject({
    name,
    message: expect.stringContaining(message),
  });
  expect(await roles()).toEqual([]);
});

it('refuses a second one of the same name', async () => {
  await credentials.issue(REF, REQUEST, options());
  await expect(
    credentials.issue(REF, REQUEST, options()),
  ).rejects.toMatchObject({
    name: 'ConflictError',
    message:
      'Database "orders" has a credential "reports" already. Rotate it, or revoke it first.',
  });
});

it.each(['rotate', 'revoke'] as const)(
  'says what is missing to %s',
  async what => {
    await expect(
      credentials[what](REF, 'nothing', options()),
    ).rejects.toMatchObject({
      name: 'NotFoundError',
      message: expect.stringContaining('has no credential "nothing"'),
    });
  },
);
