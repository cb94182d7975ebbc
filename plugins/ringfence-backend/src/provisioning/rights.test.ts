import { NotAllowedError } from '@backstage/errors';
import {
  changes,
  createHarness,
  lastOf,
  until,
  type Harness,
} from './__testUtils__/harness';

const RBAC = 'rbac.authorization.k8s.io/v1';

describe("Ringfence's rights in a namespace that it made", () => {
  let harness: Harness;
  beforeEach(() => {
    harness = createHarness();
  });

  const deployRole = () =>
    harness.kubernetes.as('kubectl').create({
      apiVersion: RBAC,
      kind: 'ClusterRole',
      metadata: { name: 'ringfence-database' },
      rules: [],
    });
  const actAs = (username: string) => {
    harness.hooks.answer = manifest =>
      manifest.kind === 'SelfSubjectReview'
        ? { ...manifest, status: { userInfo: { username } } }
        : undefined;
  };
  const binding = () => harness.read('RoleBinding', 'ringfence', RBAC);

  it.each([
    [
      'system:serviceaccount:ringfence:ringfence',
      { kind: 'ServiceAccount', name: 'ringfence', namespace: 'ringfence' },
    ],
    [
      'ada@example.com',
      {
        kind: 'User',
        apiGroup: 'rbac.authorization.k8s.io',
        name: 'ada@example.com',
      },
    ],
  ])('are the role for databases, bound to %s', async (username, subject) => {
    await deployRole();
    actAs(username);
    const events = await harness.provision({ exposed: false }).ended;
    expect(lastOf(events).type).toBe('done');
    expect(changes(events).slice(0, 2)).toEqual([
      'created Namespace orders',
      'created RoleBinding orders/ringfence',
    ]);
    expect(await binding()).toMatchObject({
      roleRef: { kind: 'ClusterRole', name: 'ringfence-database' },
      subjects: [subject],
    });
  });

  it('are waited for before anything in the namespace is written', async () => {
    await deployRole();
    actAs('system:serviceaccount:ringfence:ringfence');
    let inForce = false;
    harness.hooks.interfere = (_, { kind }) => {
      if (['ConfigMap', 'Lease'].includes(kind) && !inForce) {
        throw new NotAllowedError('cannot get resource "configmaps"');
      }
    };
    const running = harness.provision({ exposed: false });
    await until(() => running.events.some(({ type }) => type === 'waiting'));
    expect(lastOf(running.events)).toMatchObject({
      wait: 'RoleBinding orders/ringfence is in force',
      why: 'cannot get resource "configmaps"',
    });
    inForce = true;
    await harness.clock.advance(200);
    expect(lastOf(await running.ended).type).toBe('done');
  });

  it('are left alone where the role is not deployed', async () => {
    const events = await harness.provision({ exposed: false }).ended;
    expect(lastOf(events).type).toBe('done');
    expect(await binding()).toBeUndefined();
  });

  it('outlast a decommission that keeps volumes', async () => {
    await deployRole();
    actAs('system:serviceaccount:ringfence:ringfence');
    await harness.provision({ exposed: false }).ended;
    const running = harness.provisioner.decommission(
      { kubernetesCluster: 'memory', namespace: 'orders' },
      { confirm: 'orders', deleteVolumes: false },
      { signal: new AbortController().signal, actor: 'user:default/ada' },
    );
    for await (const event of running) {
      expect(event.type).not.toBe('failed');
    }
    expect(await binding()).toBeDefined();
  });
});
