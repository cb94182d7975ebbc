import { mockServices } from '@backstage/backend-test-utils';
import {
  names,
  type DatabaseTools,
} from '@ringfence/backstage-plugin-ringfence-node';
import { createSandbox, type Sandbox } from '@ringfence/sandbox';
import { createBlueprintRegistry } from '../blueprints';
import { createDatabases } from '../databases';
import { Provisioner } from '../provisioning';
import { createDatabaseTools } from '../tools';
import { readAccess } from './readAccess';

jest.setTimeout(120_000);

const REF = { kubernetesCluster: 'sandbox', namespace: 'orders' };
const SPEC = {
  blueprint: 'scylladb-ambient',
  name: 'orders',
  owner: 'group:default/payments',
  ...REF,
};
const ANSWERS_WITHIN_MS = 30_000;
const HOSTNAME = 'orders.example.com';

let sandbox: Sandbox;
let databases: ReturnType<typeof createDatabases>;
let provisioner: Provisioner;
let tools: DatabaseTools;

async function provision(routing: 'shared' | 'per-node'): Promise<void> {
  const spec = { ...SPEC, access: { hostname: HOSTNAME, routing } };
  const { signal } = new AbortController();
  const options = { signal, actor: 'user:default/ada' };
  for await (const event of provisioner.provision(spec, options)) {
    if (event.type === 'failed') throw new Error(event.message);
  }
}

beforeAll(async () => {
  sandbox = await createSandbox({
    ring: () => ({ stub: 'for a test of nodes with names' }),
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
  };
  databases = createDatabases(deps);
  provisioner = new Provisioner(deps);
  tools = createDatabaseTools(sandbox.kubernetes, REF);
  await provision('per-node');
});
afterAll(() => sandbox?.stop());

const read = async () =>
  readAccess(await databases.get(REF), sandbox.kubernetes);

/** The address that the node behind a name says is its own. */
async function answering(serverName: string): Promise<string> {
  const gateway = await sandbox.kubernetes.get({
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'Gateway',
    namespace: REF.namespace,
    name: names.gateway(SPEC),
  });
  const session = await tools.cql(
    { secret: names.superuserSecret(SPEC) },
    {
      host: gateway!.status.addresses[0].value,
      port: 9041,
      serverName,
      caSecret: names.certificate(SPEC),
    },
  );
  try {
    const [row] = await session.execute('SELECT rpc_address FROM system.local');
    return String(row.rpc_address);
  } finally {
    await session.close();
  }
}

/** The same once the gateway has taken up the routes, which it does in its own time. */
async function eventuallyAnswering(serverName: string): Promise<string> {
  const deadline = Date.now() + ANSWERS_WITHIN_MS;
  for (;;) {
    try {
      return await answering(serverName);
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}

const namesOf = async (apiVersion: string, kind: string) => {
  const { namespace } = REF;
  const objects = await sandbox.kubernetes.list({
    apiVersion,
    kind,
    namespace,
  });
  return objects.map(({ metadata }) => metadata.name).sort();
};

it('leads each name to the node that connection.json says it is', async () => {
  const { connection } = await read();
  const nodes = connection.cql?.nodes ?? [];
  expect(nodes).toHaveLength(3);
  for (const { serverName, address } of nodes) {
    expect(await eventuallyAnswering(serverName)).toBe(address);
  }
});

it('leads the shared name to one of them', async () => {
  const { connection } = await read();
  const addresses = connection.cql?.nodes?.map(({ address }) => address);
  expect(addresses).toContain(await answering(HOSTNAME));
});

it('takes all of it away when the gateway is to pick the nodes again', async () => {
  await provision('shared');
  expect(await namesOf('gateway.networking.k8s.io/v1', 'TLSRoute')).toEqual([]);
  expect(await namesOf('gateway.networking.k8s.io/v1', 'TCPRoute')).toEqual([
    'orders-cql',
  ]);
  expect(await namesOf('v1', 'Service')).toEqual([
    'orders',
    'orders-cql',
    'orders-gateway-istio',
  ]);
  expect((await read()).connection.cql).not.toHaveProperty('nodes');
});
