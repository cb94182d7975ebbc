import type { Check, Facts } from '@ringfence/backstage-plugin-ringfence-node';
import { verdictsOf } from './__testUtils__/ask';
import {
  FORBIDDEN,
  healthyFacts,
  mintPki,
  seen,
  type Pki,
} from './__testUtils__/facts';
import { peerAuthentication, pod } from './__testUtils__/objects';
import { meshStrict } from './meshStrict';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

const reasons = (check: Check, changes: Partial<Facts>) =>
  verdictsOf(check, healthyFacts(pki, changes));

describe('mesh.strict', () => {
  const own = { 'app.kubernetes.io/instance': 'orders' };

  it.each([
    ['the port for metrics alone', [9180], 'ok Strict'],
    ['the client port too', [9180, 9042], 'failing NotStrict'],
    ['a port between nodes too', [9180, 7000], 'failing NotStrict'],
  ])('with plaintext on %s says what is true', (_name, ports, expected) => {
    const { observation } = healthyFacts(pki);
    const permissive = ports.map(port => [port, { mode: 'PERMISSIVE' }]);
    const policy = peerAuthentication('STRICT', {
      selector: own,
      port: Object.fromEntries(permissive),
    });
    const found = reasons(meshStrict, {
      observation: { ...observation, ringPorts: [7000, 7001] },
      peerAuthentications: seen([policy]),
    });
    expect(found).toEqual([expected]);
  });

  const mesh = (mode: string) =>
    seen([
      peerAuthentication(mode, { namespace: 'istio-system', name: 'default' }),
    ]);
  const namedPod = (ordinal: number) =>
    pod(ordinal, {
      labels: {
        ...own,
        'statefulset.kubernetes.io/pod-name': `orders-${ordinal}`,
      },
    });
  const policies = (...all: ReturnType<typeof peerAuthentication>[]) => ({
    peerAuthentications: seen(all),
  });

  it.each<[string, () => Partial<Facts>, string]>([
    ['by namespace', () => ({}), 'ok Strict'],
    [
      'by mesh',
      () => ({ ...policies(), meshPeerAuthentications: mesh('STRICT') }),
      'ok Strict',
    ],
    [
      'by mesh where the namespace says UNSET',
      () => ({
        ...policies(peerAuthentication('UNSET')),
        meshPeerAuthentications: mesh('STRICT'),
      }),
      'ok Strict',
    ],
    [
      'by workload against the namespace',
      () =>
        policies(
          peerAuthentication('PERMISSIVE'),
          peerAuthentication('STRICT', { selector: own }),
        ),
      'ok Strict',
    ],
    [
      'by port against the workload',
      () =>
        policies(
          peerAuthentication('PERMISSIVE', {
            selector: own,
            port: { 9042: { mode: 'STRICT' } },
          }),
        ),
      'ok Strict',
    ],
    [
      'not by a workload of another kind',
      () =>
        policies(peerAuthentication('STRICT', { selector: { app: 'other' } })),
      'failing NotStrict',
    ],
    [
      'not where another port only is strict',
      () =>
        policies(
          peerAuthentication('PERMISSIVE', {
            selector: own,
            port: { 7000: { mode: 'STRICT' } },
          }),
        ),
      'failing NotStrict',
    ],
    [
      'not where the namespace overrules the mesh',
      () => ({
        ...policies(peerAuthentication('PERMISSIVE')),
        meshPeerAuthentications: mesh('STRICT'),
      }),
      'failing NotStrict',
    ],
    [
      'not where the client port is left open',
      () =>
        policies(
          peerAuthentication('STRICT', {
            selector: own,
            port: { 9042: { mode: 'DISABLE' } },
          }),
        ),
      'failing NotStrict',
    ],
    [
      'not by the younger of two',
      () =>
        policies(
          peerAuthentication('STRICT', { created: '2026-05-02T00:00:00Z' }),
          peerAuthentication('PERMISSIVE', { created: '2026-05-01T00:00:00Z' }),
        ),
      'failing NotStrict',
    ],
    [
      'not where a single pod is left open',
      () => ({
        ...policies(
          peerAuthentication('STRICT', { selector: own }),
          peerAuthentication('PERMISSIVE', {
            selector: { 'statefulset.kubernetes.io/pod-name': 'orders-1' },
            created: '2026-04-01T00:00:00Z',
          }),
        ),
        pods: seen([pod(0), namedPod(1)]),
      }),
      'failing NotStrict',
    ],
    [
      'not where one pod is left to a mesh that takes plaintext',
      () => ({
        ...policies(
          peerAuthentication('STRICT', {
            selector: { 'statefulset.kubernetes.io/pod-name': 'orders-1' },
          }),
        ),
        pods: seen([pod(0), namedPod(1)]),
      }),
      'failing NotStrict',
    ],
    ['not by default', () => policies(), 'failing NotStrict'],
    [
      'not asked for',
      () => ({
        ...policies(),
        spec: { ...healthyFacts(pki).spec, strictMtls: false } as Facts['spec'],
      }),
      'warning NotAskedFor',
    ],
    [
      'not known',
      () => ({ peerAuthentications: FORBIDDEN }),
      'unknown NotLooked',
    ],
    [
      'not known of the mesh',
      () => ({ ...policies(), meshPeerAuthentications: FORBIDDEN }),
      'unknown NotLooked',
    ],
  ])('STRICT is in force %s', (_name, changes, expected) => {
    expect(reasons(meshStrict, changes())).toEqual([expected]);
  });

  it('asks for no right in the mesh where the namespace has decided', () => {
    expect(reasons(meshStrict, { meshPeerAuthentications: FORBIDDEN })).toEqual(
      ['ok Strict'],
    );
  });
});
