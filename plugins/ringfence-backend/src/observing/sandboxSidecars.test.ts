import type { Report } from '@ringfence/backstage-plugin-ringfence-common';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import type { Sandbox } from '@ringfence/sandbox';
import { discoverPlatform } from '../platform';
import {
  SANDBOX_REF,
  startSandboxDatabase,
  type SandboxDatabase,
} from './__testUtils__/sandboxDatabase';

const { namespace } = SANDBOX_REF;

jest.setTimeout(120_000);

describe('a Cassandra with sidecars that was created in the sandbox', () => {
  let sandbox: Sandbox;
  let provision: SandboxDatabase['provision'];
  let report: SandboxDatabase['report'];

  beforeAll(async () => {
    ({ sandbox, provision, report } = await startSandboxDatabase(
      'cassandra-sidecar',
    ));
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
    const found = await report();
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
    const { status, findings } = await report();
    expect(status).toBe('failing');
    expect(
      findings
        .filter(finding => finding.status === 'failing')
        .map(({ check }) => check),
    ).toContain('mesh.membership');
  });
});
