import type {
  KubernetesObject,
  Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
import { memoryWith } from '../../testing';
import { MeshRules } from './MeshRules';

const labels = { app: 'orders' };
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'orders-0', namespace: 'orders', labels },
  spec: {
    containers: [
      { name: 'cassandra', ports: [{ name: 'storage', containerPort: 7000 }] },
    ],
  },
} as KubernetesObject;

const service = (ports: object[], selector: object = labels): Manifest => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'orders', namespace: 'orders' },
  spec: { selector, ports },
});
const peer = (spec: object, namespace = 'orders'): Manifest => ({
  apiVersion: 'security.istio.io/v1',
  kind: 'PeerAuthentication',
  metadata: { name: `peer-${JSON.stringify(spec).length}`, namespace },
  spec,
});
const rule = (mode: string, host = 'orders'): Manifest => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'DestinationRule',
  metadata: { name: 'rule', namespace: 'orders' },
  spec: { host, trafficPolicy: { tls: { mode } } },
});

async function rulesOf(...manifests: Manifest[]): Promise<MeshRules> {
  const kubernetes = memoryWith('orders', 'istio-system');
  for (const manifest of manifests) await kubernetes.create(manifest);
  return MeshRules.read(kubernetes, 'orders');
}

const selector = { matchLabels: labels };
const mtls = (mode: string) => ({ mtls: { mode } });

it.each([
  ['takes plaintext where nobody says anything', [], true],
  ['takes none under STRICT', [peer(mtls('STRICT'))], false],
  [
    'takes none under STRICT of the mesh',
    [peer(mtls('STRICT'), 'istio-system')],
    false,
  ],
  [
    "goes by its namespace rather than by the mesh's",
    [peer(mtls('PERMISSIVE')), peer(mtls('STRICT'), 'istio-system')],
    true,
  ],
  [
    'goes by its own rather than by its namespace',
    [peer(mtls('STRICT')), peer({ selector, ...mtls('PERMISSIVE') })],
    true,
  ],
  [
    'goes by its port first',
    [
      peer({
        selector,
        ...mtls('STRICT'),
        portLevelMtls: { 7000: { mode: 'PERMISSIVE' } },
      }),
    ],
    true,
  ],
  [
    'does not mind what is of other pods',
    [peer({ selector: { matchLabels: { app: 'other' } }, ...mtls('STRICT') })],
    true,
  ],
])('a sidecar %s', async (_, manifests, expected) => {
  expect((await rulesOf(...manifests)).takesPlaintext(pod, 7000)).toBe(
    expected,
  );
});

it.each([
  ['by number', service([{ port: 7000 }]), true],
  ['by name', service([{ port: 1, targetPort: 'storage' }]), true],
  ['not where no Service has it', service([{ port: 9042 }]), false],
  [
    'not where it is of other pods',
    service([{ port: 7000 }], { app: 'x' }),
    false,
  ],
])('the mesh knows a port %s', async (_, manifest, expected) => {
  const found = (await rulesOf(manifest)).serviceOf(pod, 7000);
  expect(found).toEqual(
    expected ? { name: 'orders', namespace: 'orders' } : undefined,
  );
});

it.each([
  ['unless told otherwise', [], true],
  ['where a rule says so', [rule('ISTIO_MUTUAL')], true],
  ['not where a rule says DISABLE', [rule('DISABLE')], false],
  [
    'not where that names it in full',
    [rule('DISABLE', 'orders.orders.svc.cluster.local')],
    false,
  ],
  ['whatever holds for another host', [rule('DISABLE', 'other')], true],
])('sidecars speak mutual TLS, %s', async (_, manifests, expected) => {
  const rules = await rulesOf(...manifests);
  expect(rules.speaksTls({ name: 'orders', namespace: 'orders' })).toBe(
    expected,
  );
});
