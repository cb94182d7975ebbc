import type {
  Fact,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { ClientCertificates } from './ClientCertificates';

const REF = { kubernetesCluster: 'eu-1', namespace: 'orders' };
const NOW = new Date('2026-06-10T12:00:00Z');
const options = {
  signal: new AbortController().signal,
  actor: 'plugin:ringfence',
};

const issuedOn = (day: string) => ({
  apiVersion: 'cert-manager.io/v1',
  kind: 'Certificate',
  metadata: {
    name: 'orders-client-checkout',
    namespace: 'orders',
    creationTimestamp: `${day}T12:00:00Z`,
    labels: { 'ringfence.dev/client-team': 'checkout' },
  },
  spec: { secretName: 'orders-client-checkout' },
});

/** Sweeps a database of whose Certificates watches tell this, and that has none by now. */
async function sweep(seen?: Fact<readonly KubernetesObject[]>) {
  const list = jest.fn(async () => []);
  const certificates = new ClientCertificates({
    clusters: { get: () => ({ kubernetes: { list } }) },
    clock: { now: () => NOW },
    ...(seen && { seen: async () => seen }),
  } as any);
  expect(await certificates.sweep(REF, options)).toBe(0);
  return list.mock.calls.length;
}

it.each<[string, KubernetesObject[]]>([
  ['none', []],
  ['one of this week', [issuedOn('2026-06-04')]],
  ['one of somebody else', [{ ...issuedOn('2026-01-01'), spec: {} }]],
])('asks nobody where watches tell of %s', async (_what, value) => {
  expect(await sweep({ known: true, value, at: NOW })).toBe(0);
});

it.each<[string, Fact<readonly KubernetesObject[]> | undefined]>([
  [
    'tell of one that is over: it may have been renewed since',
    { known: true, value: [issuedOn('2026-06-01')], at: NOW },
  ],
  ['cannot tell', { known: false, why: 'silent', at: NOW }],
  ['are not there', undefined],
])('asks before it removes anything where watches %s', async (_what, seen) => {
  expect(await sweep(seen)).toBe(1);
});
