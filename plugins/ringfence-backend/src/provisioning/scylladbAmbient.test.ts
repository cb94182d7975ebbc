import { mockServices } from '@backstage/backend-test-utils';
import type { ProvisioningEvent } from '@ringfence/backstage-plugin-ringfence-common';
import { createSandbox, type Sandbox } from '@ringfence/sandbox';
import { createBlueprintRegistry } from '../blueprints';
import { createDatabases } from '../databases';
import { readDrift } from '../drift';
import { discoverPlatform } from '../platform';
import { createDatabaseTools } from '../tools';
import { changes, lastOf } from './__testUtils__/harness';
import { Provisioner } from './Provisioner';

const REF = { kubernetesCluster: 'sandbox', namespace: 'orders' };
const ACTOR = 'user:default/ada';

jest.setTimeout(120_000);

describe('scylladb-ambient in the sandbox', () => {
  let sandbox: Sandbox;
  let provisioner: Provisioner;
  let databases: ReturnType<typeof createDatabases>;

  beforeAll(async () => {
    sandbox = await createSandbox({
      ring: () => ({ stub: 'for a test of provisioning' }),
    });
    const entry = { kubernetes: sandbox.kubernetes, defaults: {} };
    const clusters = {
      listUsable: () => [entry],
      listUnusable: () => [],
      get: () => entry,
    };
    const blueprints = createBlueprintRegistry();
    const logger = mockServices.logger.mock();
    const createTools = createDatabaseTools;
    provisioner = new Provisioner({
      clusters,
      blueprints,
      createTools,
      logger,
    });
    databases = createDatabases({ clusters, blueprints, logger });
  });
  afterAll(() => sandbox?.stop());

  const read = async (iterable: AsyncIterable<ProvisioningEvent>) => {
    const events: ProvisioningEvent[] = [];
    for await (const event of iterable) events.push(event);
    return events;
  };
  const options = () => ({
    signal: new AbortController().signal,
    actor: ACTOR,
  });
  const provision = (spec: object = {}) =>
    read(
      provisioner.provision(
        {
          blueprint: 'scylladb-ambient',
          name: 'orders',
          owner: 'group:default/payments',
          ...REF,
          ...spec,
        },
        options(),
      ),
    );

  it('is provisioned, unchanged the second time, taken down and taken up again', async () => {
    const created = await provision();
    expect(lastOf(created)).toMatchObject({
      type: 'done',
      outcome: { changed: true, gatewayPorts: [9041, 9042] },
    });
    expect(await databases.get(REF)).toMatchObject({ state: 'ready' });

    const text = JSON.stringify(created);
    for (const value of await passwords(sandbox)) {
      expect(text).not.toContain(value);
    }

    const again = await provision();
    expect(
      changes(again).filter(change => !change.startsWith('unchanged')),
    ).toEqual([]);
    expect(lastOf(again)).toMatchObject({
      type: 'done',
      outcome: { changed: false },
    });

    const down = await read(
      provisioner.decommission(
        REF,
        { confirm: 'orders', deleteVolumes: false },
        options(),
      ),
    );
    expect(lastOf(down)).toMatchObject({ type: 'done' });
    expect(await databases.get(REF)).toMatchObject({ state: 'retained' });

    expect(lastOf(await provision())).toMatchObject({
      type: 'done',
      outcome: { changed: true },
    });

    const gone = await read(
      provisioner.decommission(
        REF,
        { confirm: 'orders', deleteVolumes: true },
        options(),
      ),
    );
    expect(lastOf(gone)).toMatchObject({ type: 'done' });
    expect(await databases.list()).toEqual([]);
  });

  it('has PodMonitors for as long as somebody may scrape', async () => {
    const namesOfMonitors = async () => {
      const monitors = await sandbox.kubernetes.list({
        apiVersion: 'monitoring.coreos.com/v1',
        kind: 'PodMonitor',
        namespace: 'orders',
      });
      return monitors.map(({ metadata }) => metadata.name).sort();
    };
    const monitoring = { namespace: 'monitoring' };
    expect(lastOf(await provision({ monitoring }))).toMatchObject({
      type: 'done',
    });
    expect(await namesOfMonitors()).toEqual(['orders', 'orders-gateway']);
    expect(lastOf(await provision())).toMatchObject({ type: 'done' });
    expect(await namesOfMonitors()).toEqual([]);
  });

  it('shows no drift of its own, is repaired, and shows a certificate that is renewed', async () => {
    await provision();
    const { kubernetes } = sandbox;
    const drifted = async () => {
      const platform = await discoverPlatform({ kubernetes, defaults: {} });
      const database = await databases.get(REF);
      const all = await readDrift(kubernetes, database, platform);
      return all.filter(({ drift }) => drift.length > 0);
    };
    expect(await drifted()).toEqual([]);

    const policy = {
      apiVersion: 'security.istio.io/v1',
      kind: 'PeerAuthentication',
      namespace: 'orders',
    };
    const [{ metadata, spec }] = await kubernetes.list(policy);
    await sandbox.as('kubectl-edit', { force: true }).apply({
      apiVersion: policy.apiVersion,
      kind: policy.kind,
      metadata: { name: metadata.name, namespace: 'orders' },
      spec: { ...spec, mtls: { mode: 'PERMISSIVE' } },
    });
    expect(await drifted()).toMatchObject([
      {
        object: `PeerAuthentication orders/${metadata.name}`,
        drift: [
          {
            field: 'spec.mtls.mode',
            wanted: 'STRICT',
            found: 'PERMISSIVE',
            manager: 'kubectl-edit',
          },
        ],
      },
    ]);
    const repaired = await read(provisioner.repair(REF, options()));
    expect(lastOf(repaired)).toMatchObject({
      type: 'done',
      outcome: { changed: true },
    });
    expect(await drifted()).toEqual([]);

    const secretOf = () =>
      kubernetes.get({
        apiVersion: 'v1',
        kind: 'Secret',
        namespace: 'orders',
        name: 'orders-tls',
      });
    const before = await secretOf();
    const renewed = await read(
      provisioner.renew(REF, { certificate: 'orders-tls' }, options()),
    );
    expect(lastOf(renewed)).toMatchObject({
      type: 'done',
      outcome: { summary: 'Certificate "orders/orders-tls" is renewed' },
    });
    const after = await secretOf();
    expect(after!.data['tls.crt']).not.toBe(before!.data['tls.crt']);
  });
});

/** Of superuser and application role, as they are and in base64. */
async function passwords({ kubernetes }: Sandbox): Promise<string[]> {
  const names = ['orders-superuser', 'orders-app'];
  const secrets = names.map(name =>
    kubernetes.get({
      apiVersion: 'v1',
      kind: 'Secret',
      namespace: 'orders',
      name,
    }),
  );
  return (await Promise.all(secrets)).flatMap(secret => {
    const { password } = secret!.data;
    return [password, Buffer.from(password, 'base64').toString()];
  });
}
