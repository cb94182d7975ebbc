import {
  CLIENT_TEAM_LABEL,
  type KubernetesObject,
  type ObjectRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import { mintCa, type MintedCa } from '@ringfence/connection/testUtils';
import { fakeCluster, secretObject } from '../observing/__testUtils__/cluster';
import { refuseFormerCertificates } from './formerCertificates';
import type { Run } from './Run';

const DAY_MS = 86_400_000;
const OBSOLETE: ObjectRef[] = ['Issuer', 'Secret'].map(kind => ({
  ...{ apiVersion: 'v1', kind, namespace: 'orders', name: 'orders-ca' },
}));

let former: MintedCa;
let next: MintedCa;
beforeAll(async () => {
  former = await mintCa({ name: 'orders CA' });
  next = await mintCa({ name: 'orders CA 2' });
});

function certificate(labels: Record<string, string>): KubernetesObject {
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: {
      name: 'orders-client-checkout',
      namespace: 'orders',
      labels: { 'app.kubernetes.io/managed-by': 'ringfence', ...labels },
    },
    spec: { secretName: 'orders-client-checkout' },
  };
}

async function drop(
  issuer: MintedCa,
  labels: Record<string, string> = { [CLIENT_TEAM_LABEL]: 'checkout' },
  laterDays = 0,
) {
  const { certPem } = await issuer.issue({
    commonName: 'checkout',
    usage: 'client',
  });
  const kubernetes = fakeCluster({
    objects: [
      certificate(labels),
      secretObject('orders-client-checkout', { 'tls.crt': certPem }),
      secretObject('orders-ca', {
        'tls.crt': former.certPem,
        'ca.crt': former.certPem,
      }),
    ],
  });
  const now = () => new Date(Date.now() + laterDays * DAY_MS);
  const run = {
    ref: { kubernetesCluster: 'eu-1', namespace: 'orders' },
    name: 'orders',
    kubernetes,
    clock: { now },
  } as unknown as Run;
  return refuseFormerCertificates(run, OBSOLETE);
}

it('is refused, with the names of teams, while one of their certificates is of the former CA', async () => {
  await expect(drop(former)).rejects.toMatchObject({
    name: 'ConflictError',
    message: expect.stringContaining('still valid, of "checkout"'),
    remedy: expect.stringContaining('Renew each'),
  });
});

it.each<[string, () => Promise<void>]>([
  ['of the next CA', () => drop(next)],
  ['no longer valid', () => drop(former, undefined, 36_500)],
  ['of no team', () => drop(former, {})],
])('is not refused for one that is %s', async (_what, dropped) => {
  await expect(dropped()).resolves.toBeUndefined();
});
