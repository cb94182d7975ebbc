import type {
  Check,
  Facts,
  TrafficSample,
} from '@ringfence/backstage-plugin-ringfence-node';
import { findingsOf, verdictsOf } from './__testUtils__/ask';
import {
  FORBIDDEN,
  healthyFacts,
  mintPki,
  seen,
  type Pki,
} from './__testUtils__/facts';
import { pod, ztunnel } from './__testUtils__/objects';
import { meshMembership } from './meshMembership';
import { meshTraffic } from './meshTraffic';
import { meshZtunnel } from './meshZtunnel';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

const reasons = (check: Check, changes: Partial<Facts>) =>
  verdictsOf(check, healthyFacts(pki, changes));

const outside = (ordinal: number) => pod(ordinal, { annotations: {} });
const pending = (ordinal: number) =>
  pod(ordinal, { annotations: { 'ambient.istio.io/redirection': 'pending' } });
const unlabelled = seen({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'orders' },
});

function meshMode(mode: 'ambient' | 'sidecar' | 'none'): Partial<Facts> {
  return { observation: { ...healthyFacts(pki).observation, meshMode: mode } };
}

describe('mesh.membership', () => {
  it.each<[string, () => Partial<Facts>, string[]]>([
    ['is ok where all is captured', () => ({}), ['ok Captured']],
    [
      'fails for a namespace without the label',
      () => ({ namespace: unlabelled }),
      ['failing NamespaceNotInMesh'],
    ],
    [
      'fails for a pod without redirection',
      () => ({ pods: seen([pod(0), outside(1)]) }),
      ['failing PodNotCaptured'],
    ],
    [
      'warns of a pod that is pending',
      () => ({ pods: seen([pod(0), pending(1)]) }),
      ['warning PodPending'],
    ],
    [
      'fails rather than warns where pods are in both states',
      () => ({ pods: seen([pending(0), outside(1)]) }),
      ['failing PodNotCaptured'],
    ],
    [
      'reports namespace and pods each',
      () => ({ namespace: unlabelled, pods: seen([outside(0)]) }),
      ['failing NamespaceNotInMesh', 'failing PodNotCaptured'],
    ],
    [
      'fails for a pod that lets in what passes ztunnel by',
      () => ({
        pods: seen([
          pod(0),
          pod(1, {
            annotations: {
              'ambient.istio.io/redirection': 'enabled',
              'ambient.istio.io/bypass-inbound-capture': 'true',
            },
          }),
        ]),
      }),
      ['failing InboundBypassed'],
    ],
    ['is unknown without pods', () => ({ pods: seen([]) }), ['unknown NoPods']],
    [
      'is unknown where pods cannot be read',
      () => ({ pods: FORBIDDEN }),
      ['unknown NotLooked'],
    ],
    [
      'is unknown where the namespace cannot be read',
      () => ({ namespace: FORBIDDEN }),
      ['unknown NotLooked'],
    ],
    ['says nothing without a mesh', () => meshMode('none'), []],
  ])('%s', (_name, changes, expected) => {
    expect(reasons(meshMembership, changes())).toEqual(expected);
  });

  it('names the pods that pass the mesh by', () => {
    const [{ summary, remedy }] = findingsOf(
      meshMembership,
      healthyFacts(pki, {
        pods: seen([outside(0), pod(1), outside(2)]),
      }),
    );
    expect(summary).toBe(
      'The traffic of orders-0 and orders-2 passes the mesh by',
    );
    expect(remedy?.command).toBe('kubectl delete pod orders-0 -n orders');
  });
});

describe('mesh.ztunnel', () => {
  it.each<[string, () => Partial<Facts>, string[]]>([
    ['is ok where it is ready on every node', () => ({}), ['ok Ready']],
    [
      'fails where it is missing on a node',
      () => ({ ztunnelPods: seen([ztunnel(0), ztunnel(1)]) }),
      ['failing NotReady'],
    ],
    [
      'fails where it is not ready on a node',
      () => ({
        ztunnelPods: seen([ztunnel(0), ztunnel(1), ztunnel(2, false)]),
      }),
      ['failing NotReady'],
    ],
    [
      'does not mind one that is not ready elsewhere',
      () => ({
        ztunnelPods: seen([
          ztunnel(0),
          ztunnel(1),
          ztunnel(2),
          ztunnel(7, false),
        ]),
      }),
      ['ok Ready'],
    ],
    ['is unknown without pods', () => ({ pods: seen([]) }), ['unknown NoPods']],
    [
      'is unknown without rights',
      () => ({ ztunnelPods: FORBIDDEN }),
      ['unknown NotLooked'],
    ],
    ['says nothing in other modes', () => meshMode('sidecar'), []],
  ])('%s', (_name, changes, expected) => {
    expect(reasons(meshZtunnel, changes())).toEqual(expected);
  });
});

describe('mesh.traffic', () => {
  const quiet = (seconds: number) => ({
    seconds,
    connectionsOpened: 0,
    receivedBytes: 0,
  });
  const mtls: TrafficSample = {
    reporter: 'destination',
    sourceWorkload: 'orders-gateway-istio',
    sourceNamespace: 'orders',
    sourcePrincipal: 'spiffe://cluster.local/ns/orders/sa/orders-gateway-istio',
    destinationWorkload: 'orders',
    securityPolicy: 'mutual_tls',
    connectionsOpened: 3,
    receivedBytes: 10,
  };
  const plain: TrafficSample = {
    ...mtls,
    sourceWorkload: 'legacy-client',
    sourceNamespace: 'billing',
    sourcePrincipal: 'unknown',
    securityPolicy: 'unknown',
    connectionsOpened: 1,
  };

  it.each<[string, TrafficSample[], string]>([
    ['is ok under mTLS alone', [mtls], 'ok MutualTls'],
    [
      "fails for ztunnel's word for plaintext",
      [mtls, plain],
      'failing Plaintext',
    ],
    [
      "fails for Envoy's word for plaintext",
      [{ ...plain, securityPolicy: 'none' }],
      'failing Plaintext',
    ],
    [
      'does not mind plaintext that was refused',
      [mtls, { ...plain, refused: 'DENY' }],
      'ok MutualTls',
    ],
    [
      'is ok where plaintext is over',
      [mtls, { ...plain, recent: quiet(300) }],
      'ok PlaintextBefore',
    ],
    [
      'fails where plaintext goes on',
      [mtls, { ...plain, recent: { ...quiet(300), connectionsOpened: 1 } }],
      'failing Plaintext',
    ],
    [
      'fails where a connection in plaintext still carries bytes',
      [mtls, { ...plain, recent: { ...quiet(300), receivedBytes: 18 } }],
      'failing Plaintext',
    ],
    [
      'fails where nobody has watched long enough for plaintext to be over',
      [mtls, { ...plain, recent: quiet(20) }],
      'failing Plaintext',
    ],
    [
      'is unknown where plaintext is over and mTLS was never seen',
      [{ ...plain, recent: quiet(300) }],
      'unknown NoTraffic',
    ],
    ['is unknown without traffic', [], 'unknown NoTraffic'],
    [
      'is unknown where all traffic was refused',
      [{ ...plain, refused: 'DENY' }],
      'unknown NoTraffic',
    ],
    [
      'is unknown where no connection was opened',
      [{ ...mtls, connectionsOpened: 0 }],
      'unknown NoTraffic',
    ],
  ])('%s', (_name, samples, expected) => {
    expect(reasons(meshTraffic, { telemetry: seen(samples) })).toEqual([
      expected,
    ]);
  });

  it('is unknown where telemetry cannot be read', () => {
    expect(reasons(meshTraffic, { telemetry: FORBIDDEN })).toEqual([
      'unknown NotLooked',
    ]);
  });

  it('names the source of plaintext', () => {
    const [{ summary, remedy }] = findingsOf(
      meshTraffic,
      healthyFacts(pki, {
        telemetry: seen([plain]),
      }),
    );
    expect(summary).toBe(
      '"billing/legacy-client" reached the database in plaintext',
    );
    expect(remedy?.command).toBe(
      'kubectl label namespace billing istio.io/dataplane-mode=ambient',
    );
  });

  it('says of plaintext that is over when it was, and whose', () => {
    const samples = [mtls, { ...plain, recent: quiet(300) }];
    const [{ summary }] = findingsOf(
      meshTraffic,
      healthyFacts(pki, { telemetry: seen(samples) }),
    );
    expect(summary).toBe(
      '3 connections under mTLS, none in plaintext in the last 5 minutes; before that 1 connection in plaintext, of "billing/legacy-client"',
    );
  });

  it('counts a connection that both of its ends report once', () => {
    const [{ summary }] = findingsOf(
      meshTraffic,
      healthyFacts(pki, {
        telemetry: seen([mtls, { ...mtls, reporter: 'source' }]),
      }),
    );
    expect(summary).toBe('3 connections under mTLS, none in plaintext');
  });
});
