import { mockServices } from '@backstage/backend-test-utils';
import type { Report } from '@ringfence/backstage-plugin-ringfence-common';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { createSandbox, type Sandbox } from '@ringfence/sandbox';
import { createBlueprintRegistry } from '../blueprints';
import { checksOf, runChecks, toReport } from '../checks';
import { createDatabases } from '../databases';
import { readDrift } from '../drift';
import { discoverPlatform, Platforms } from '../platform';
import { Provisioner } from '../provisioning';
import { createDatabaseTools } from '../tools';
import { Observer } from './Observer';
import { ProbeBook } from './probes/ProbeBook';

const namespace = 'orders';
const REF = { kubernetesCluster: 'sandbox', namespace };
const SPEC = {
  blueprint: 'cassandra-sidecar',
  name: 'orders',
  owner: 'group:default/payments',
  ...REF,
};

jest.setTimeout(120_000);

describe('a Cassandra with sidecars that was created in the sandbox', () => {
  let sandbox: Sandbox;
  let provision: () => Promise<string[]>;
  let report: (options?: { refresh?: boolean }) => Promise<Report>;

  beforeAll(async () => {
    sandbox = await createSandbox({
      ring: () => ({ stub: 'for a test of observation' }),
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
    const databases = createDatabases({ clusters, blueprints, logger });
    const observer = new Observer({
      clusters,
      createTools,
      platforms: new Platforms({ clusters, blueprints }),
      history: { listBundles: async () => [] },
      readDrift,
      probes: new ProbeBook({ clock: () => new Date() }),
    });
    report = async options => {
      const database = await databases.get(REF);
      const facts = await observer.facts(database, {
        wait: true,
        ...options,
      });
      const findings = runChecks(checksOf(database), facts, new Date());
      return toReport(database, facts, findings);
    };
    const provisioner = new Provisioner({
      clusters,
      blueprints,
      createTools,
      logger,
    });
    provision = async () => {
      const options = {
        signal: new AbortController().signal,
        actor: 'user:default/ada',
      };
      const changes: string[] = [];
      for await (const event of provisioner.provision(SPEC, options)) {
        if (event.type === 'failed') throw new Error(event.message);
        if (event.type === 'object') changes.push(event.change);
      }
      return changes;
    };
    await provision();
  });
  afterAll(() => sandbox?.stop());

  const pods = () =>
    sandbox.kubernetes.list({
      apiVersion: 'v1',
      kind: 'Pod',
      namespace,
      labels: { 'app.kubernetes.io/instance': 'orders' },
    });
  const nodes = async () =>
    (await pods()).filter(({ metadata }) => /^orders-\d$/.test(metadata.name));

  const troubles = ({ findings }: Report) =>
    findings
      .filter(({ status }) => status !== 'ok')
      .map(({ check, reason, summary }) => `${check} ${reason}: ${summary}`);

  it('runs on a platform that has istio-cni and the injector of sidecars', async () => {
    const { kubernetes } = sandbox;
    const platform = await discoverPlatform({ kubernetes, defaults: {} });
    expect(platform.istio).toMatchObject({ cni: true, version: '1.31.1' });
    const injector = await kubernetes.get({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      name: 'istio-sidecar-injector',
    });
    expect(injector?.webhooks).toHaveLength(4);
  });

  it('has a sidecar in each pod of the ring that started before its database, and none in the gateway', async () => {
    const ring = await nodes();
    const statusOf = ({ status }: KubernetesObject, name: string) =>
      [...status.initContainerStatuses, ...status.containerStatuses].find(
        (it: any) => it.name === name,
      );
    expect(ring).toHaveLength(3);
    for (const pod of ring) {
      const proxy = statusOf(pod, 'istio-proxy');
      const database = statusOf(pod, 'cassandra');
      expect(proxy).toMatchObject({ started: true, ready: true });
      expect(Date.parse(proxy.state.running.startedAt)).toBeLessThanOrEqual(
        Date.parse(database.state.running.startedAt),
      );
    }
    const all = await sandbox.kubernetes.list({
      apiVersion: 'v1',
      kind: 'Pod',
      namespace,
    });
    const withSidecar = all.filter(
      ({ metadata }) => metadata.annotations?.['sidecar.istio.io/status'],
    );
    expect(withSidecar).toHaveLength(ring.length);
    expect(all.length).toBeGreaterThan(ring.length);
  });

  it('is fenced, by every check', async () => {
    const found = await report({ refresh: true });
    expect(troubles(found)).toEqual([]);
    expect(found.headline).toBe('Fenced');
  });

  it('changes nothing the second time', async () => {
    expect(new Set(await provision())).toEqual(new Set(['unchanged']));
  });

  it('is not fenced any more once a pod comes back without its sidecar', async () => {
    const other = sandbox.as('kubectl', { force: true });
    await other.apply({
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels: { 'istio-injection': 'disabled' } },
    });
    const [victim] = await nodes();
    await other.delete({ ...victim, ...victim.metadata });
    const { signal } = new AbortController();
    const selector = { apiVersion: 'v1', kind: 'Pod', namespace };
    for await (const event of sandbox.kubernetes.watch(selector, { signal })) {
      if (event.type === 'synced') continue;
      const { metadata, status } = event.object;
      const isBack =
        metadata.name === victim.metadata.name &&
        metadata.uid !== victim.metadata.uid;
      if (isBack && status?.containerStatuses?.[0].ready) break;
    }
    const { status, findings } = await report({ refresh: true });
    expect(status).toBe('failing');
    expect(
      findings
        .filter(finding => finding.status === 'failing')
        .map(({ check }) => check),
    ).toContain('mesh.membership');
  });
});
