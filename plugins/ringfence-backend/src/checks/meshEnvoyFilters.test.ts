import type {
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { findingsOf, verdictsOf, type Row } from './__testUtils__/ask';
import {
  FORBIDDEN,
  healthyFacts,
  mintPki,
  seen,
  type Pki,
} from './__testUtils__/facts';
import { NAMESPACE } from './__testUtils__/objects';
import { sidecarFacts } from './__testUtils__/sidecar';
import { meshEnvoyFilters } from './meshEnvoyFilters';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

function filter(
  configPatches: object[],
  {
    namespace = NAMESPACE,
    ...spec
  }: { namespace?: string; [field: string]: unknown } = {},
): KubernetesObject {
  return {
    apiVersion: 'networking.istio.io/v1alpha3',
    kind: 'EnvoyFilter',
    metadata: { name: 'patch', namespace },
    spec: { configPatches, ...spec },
  };
}
const filters = (...all: KubernetesObject[]) => ({ envoyFilters: seen(all) });
const patch = (
  applyTo: string,
  operation: string,
  value?: object,
  context?: string,
) => ({
  applyTo,
  ...(context && { match: { context } }),
  patch: { operation, ...(value && { value }) },
});
const RAW = patch('FILTER_CHAIN', 'MERGE', { transport_socket: true });
const METRICS = patch('NETWORK_FILTER', 'INSERT_BEFORE', { name: true });

describe('mesh.envoy-filters', () => {
  it.each<Row>([
    ['is ok without any', {}, ['ok None']],
    ...[
      RAW,
      patch('FILTER_CHAIN', 'MERGE', { transportSocket: true }),
      patch('CLUSTER', 'MERGE', { transport_socket_matches: true }),
      patch('CLUSTER', 'MERGE', { tls_context: true }),
      patch('LISTENER', 'ADD', { filter_chains: true }),
      patch('LISTENER', 'REMOVE'),
      patch('NETWORK_FILTER', 'REMOVE'),
      patch('NETWORK_FILTER', 'REPLACE', { name: true }),
    ].map<Row>(one => [
      `fails for one that can take TLS away: ${JSON.stringify(one)}`,
      filters(filter([METRICS, one])),
      ['failing TakesTlsAway'],
    ]),
    [
      'warns of any other that CQL meets',
      filters(filter([METRICS])),
      ['warning Patches'],
    ],
    [
      'does not mind one for HTTP',
      filters(filter([patch('HTTP_FILTER', 'REMOVE')])),
      ['ok None'],
    ],
    ['does not mind one without patches', filters(filter([])), ['ok None']],
    [
      'fails for one of the whole mesh',
      filters(filter([RAW], { namespace: 'istio-system' })),
      ['failing TakesTlsAway'],
    ],
    [
      'does not mind one for other gateways',
      filters(
        filter([RAW], {
          namespace: 'istio-system',
          workloadSelector: { labels: { istio: 'ingressgateway' } },
        }),
      ),
      ['ok None'],
    ],
    [
      'fails for one that selects the gateway',
      filters(
        filter([RAW], {
          workloadSelector: {
            labels: {
              'gateway.networking.k8s.io/gateway-name': 'orders-gateway',
            },
          },
        }),
      ),
      ['failing TakesTlsAway'],
    ],
    [
      'fails for one that names the Gateway',
      filters(
        filter([RAW], {
          targetRefs: [{ kind: 'Gateway', name: 'orders-gateway' }],
        }),
      ),
      ['failing TakesTlsAway'],
    ],
    [
      'does not mind one that names another',
      filters(
        filter([RAW], { targetRefs: [{ kind: 'Gateway', name: 'shared' }] }),
      ),
      ['ok None'],
    ],
    [
      'fails for one by any label where the Gateway cannot be read',
      {
        gateway: FORBIDDEN,
        ...filters(
          filter([RAW], { workloadSelector: { labels: { team: 'x' } } }),
        ),
      },
      ['failing TakesTlsAway'],
    ],
    [
      'fails for one of any class where the Gateway cannot be read',
      {
        gateway: FORBIDDEN,
        ...filters(
          filter([RAW], {
            namespace: 'istio-system',
            targetRefs: [{ kind: 'GatewayClass', name: 'istio' }],
          }),
        ),
      },
      ['failing TakesTlsAway'],
    ],
    [
      'does not mind one for sidecars, which an ambient mesh has none of',
      filters(
        filter([
          patch('LISTENER', 'REMOVE', undefined, 'SIDECAR_INBOUND'),
          patch('CLUSTER', 'REMOVE', undefined, 'SIDECAR_OUTBOUND'),
        ]),
      ),
      ['ok None'],
    ],
    [
      'asks nothing without a gateway in an ambient mesh',
      ({ access }: Facts) => ({
        access: { ...access, exposure: 'none' as const },
      }),
      [],
    ],
    [
      'is unknown where they may not be listed',
      { envoyFilters: FORBIDDEN },
      ['unknown NotLooked'],
    ],
  ])('%s', (_name, changes, verdicts) => {
    const facts = healthyFacts(pki);
    expect(verdictsOf(meshEnvoyFilters, facts, changes)).toEqual(verdicts);
  });

  it.each<Row>([
    [
      'fails for one that changes what comes in to the pods',
      filters(
        filter([patch('LISTENER', 'REMOVE', undefined, 'SIDECAR_INBOUND')]),
      ),
      ['failing TakesTlsAway'],
    ],
    [
      'fails for one that selects them',
      filters(
        filter([RAW], {
          workloadSelector: {
            labels: { 'app.kubernetes.io/instance': 'orders' },
          },
        }),
      ),
      ['failing TakesTlsAway'],
    ],
    [
      'does not mind one for other workloads',
      filters(
        filter([RAW], { workloadSelector: { labels: { app: 'other' } } }),
      ),
      ['ok None'],
    ],
  ])('%s, with sidecars', (_name, changes, verdicts) => {
    const facts = sidecarFacts(pki);
    expect(verdictsOf(meshEnvoyFilters, facts, changes)).toEqual(verdicts);
  });

  it('names it, and what it patches', () => {
    const facts = healthyFacts(pki, filters(filter([RAW])));
    const [{ summary, remedy }] = findingsOf(meshEnvoyFilters, facts);
    expect(summary).toBe(
      `EnvoyFilter "orders/patch" can take TLS off the database's gateway`,
    );
    expect(remedy?.command).toBe(
      'kubectl get envoyfilters.networking.istio.io patch -n orders -o yaml',
    );
  });
});
