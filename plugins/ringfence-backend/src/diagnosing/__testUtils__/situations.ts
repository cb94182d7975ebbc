import type {
  ClientPlace,
  DiagnosisAnswer,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  healthyFacts,
  NOW,
  seen,
  type Pki,
} from '../../checks/__testUtils__/facts';
import { diagnose } from '../diagnose';
import type { Client, Workload } from '../readClient';

/** The client of these tests. */
export const WEB: ClientPlace = {
  kind: 'workload',
  namespace: 'checkout',
  serviceAccount: 'web',
};

export function object(
  apiVersion: string,
  kind: string,
  namespace: string,
  spec: object,
  metadata: object = {},
): KubernetesObject {
  return {
    apiVersion,
    kind,
    metadata: { name: kind.toLowerCase(), namespace, ...metadata },
    spec,
  };
}

export const networkPolicy = (namespace: string, spec: object) =>
  object('networking.k8s.io/v1', 'NetworkPolicy', namespace, spec);
export const authorization = (spec: object) =>
  object('security.istio.io/v1', 'AuthorizationPolicy', 'orders', spec);

export const RING = { matchLabels: { 'app.kubernetes.io/instance': 'orders' } };
export const principals = (...list: string[]) => ({
  selector: RING,
  rules: [{ from: [{ source: { principals: list } }] }],
});

/** Of the pods of a Gateway, as Istio makes them. */
export const GATEWAY_POD = object(
  'v1',
  'Pod',
  'orders',
  {},
  {
    labels: { 'gateway.networking.k8s.io/gateway-name': 'orders-gateway' },
  },
);

export function webPod(
  annotations = { 'ambient.istio.io/redirection': 'enabled' },
) {
  return object(
    'v1',
    'Pod',
    'checkout',
    { serviceAccountName: 'web' },
    {
      labels: { app: 'web' },
      annotations,
    },
  );
}

export function workload(changes: Partial<Workload> = {}): Workload {
  return {
    namespace: 'checkout',
    serviceAccount: 'web',
    namespaceObject: seen(object('v1', 'Namespace', '', {})),
    pods: seen([webPod()]),
    networkPolicies: seen([]),
    ...changes,
  };
}

export function client(changes: Partial<Client> = {}): Client {
  return {
    workload: workload(),
    gatewayPods: seen([GATEWAY_POD]),
    meshAuthorizationPolicies: seen([]),
    ...changes,
  };
}

/** A database whose spec and policies allow the client. */
export function facts(pki: Pki, changes: Partial<Facts> = {}): Facts {
  const healthy = healthyFacts(pki);
  return {
    ...healthy,
    spec: { ...healthy.spec, access: { clients: [WEB] } } as Facts['spec'],
    authorizationPolicies: seen([
      authorization(principals('cluster.local/ns/checkout/sa/web')),
    ]),
    ...changes,
  };
}

export function verdicts(found: Facts, of: Client, way: 'mesh' | 'gateway') {
  const { ways } = diagnose(found, of, NOW);
  const answers = ways.find(one => one.way === way)?.answers ?? [];
  return Object.fromEntries(
    answers.map(answer => [answer.question, answer]),
  ) as Partial<Record<DiagnosisAnswer['question'], DiagnosisAnswer>>;
}
