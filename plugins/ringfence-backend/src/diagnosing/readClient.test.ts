import { NotAllowedError } from '@backstage/errors';
import type {
  Facts,
  KubernetesCluster,
  KubernetesObject,
  ObjectSelector,
} from '@ringfence/backstage-plugin-ringfence-node';
import { readClient } from './readClient';

const FACTS = {
  database: { kubernetesCluster: 'eu-1', namespace: 'orders' },
  spec: {},
  access: { gateway: { name: 'orders-gateway' } },
  platform: { known: true, value: { istio: { rootNamespace: 'mesh' } } },
} as unknown as Facts;
const LOOKS = { looksAtClient: true };
const WEB = {
  kind: 'workload',
  namespace: 'checkout',
  serviceAccount: 'web',
} as const;

function podAs(name: string, serviceAccountName?: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'checkout' },
    spec: { serviceAccountName },
  };
}

function kubernetes(list: (selector: ObjectSelector) => KubernetesObject[]) {
  return {
    get: jest.fn(async () => undefined),
    list: jest.fn(async (selector: ObjectSelector) => list(selector)),
  } as unknown as jest.Mocked<KubernetesCluster>;
}

it("reads the client's pods by their ServiceAccount, and the policies that may concern it", async () => {
  const cluster = kubernetes(({ kind, namespace }) =>
    kind === 'Pod' && namespace === 'checkout'
      ? [podAs('web-1', 'web'), podAs('job-1', 'job'), podAs('x')]
      : [],
  );
  const { workload } = await readClient(cluster, FACTS, WEB, LOOKS);
  const pods = workload?.pods.known ? workload.pods.value : [];
  expect(pods.map(({ metadata }) => metadata.name)).toEqual(['web-1']);
  expect(
    cluster.list.mock.calls
      .map(([{ kind, namespace }]) => `${kind} ${namespace}`)
      .sort(),
  ).toEqual([
    'AuthorizationPolicy mesh',
    'NetworkPolicy checkout',
    'Pod checkout',
    'Pod orders',
  ]);
});

it('takes pods that name no ServiceAccount for those of "default"', async () => {
  const cluster = kubernetes(() => [podAs('x')]);
  const from = { ...WEB, serviceAccount: 'default' };
  const { workload } = await readClient(cluster, FACTS, from, LOOKS);
  expect(workload?.pods).toMatchObject({ known: true, value: [podAs('x')] });
});

it('says why what it may not read is not known', async () => {
  const cluster = kubernetes(() => {
    throw new NotAllowedError('networkpolicies is forbidden');
  });
  const { workload } = await readClient(cluster, FACTS, WEB, LOOKS);
  expect(workload?.networkPolicies).toMatchObject({
    known: false,
    why: 'networkpolicies is forbidden',
    remedy: expect.stringContaining('Grant'),
  });
});

it('looks into no namespace that who asks may not be told of', async () => {
  const cluster = kubernetes(() => [podAs('web-1', 'web')]);
  const from = { ...WEB, namespace: 'payroll' };
  const { workload } = await readClient(cluster, FACTS, from, {
    looksAtClient: false,
  });
  const unlooked = {
    known: false,
    why: expect.stringContaining('"payroll" is looked at only'),
  };
  expect(workload).toMatchObject({
    namespaceObject: unlooked,
    pods: unlooked,
    networkPolicies: unlooked,
  });
  expect(cluster.get).not.toHaveBeenCalled();
  const asked = cluster.list.mock.calls.map(([{ namespace }]) => namespace);
  expect(asked).not.toContain('payroll');
});

it('reads nothing of a laptop', async () => {
  const cluster = kubernetes(() => []);
  const { workload } = await readClient(
    cluster,
    FACTS,
    { kind: 'laptop' },
    LOOKS,
  );
  expect(workload).toBeUndefined();
  expect(cluster.get).not.toHaveBeenCalled();
});
