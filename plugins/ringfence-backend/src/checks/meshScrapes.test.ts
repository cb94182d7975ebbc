import type {
  Facts,
  TrafficSample,
} from '@ringfence/backstage-plugin-ringfence-node';
import { verdictsOf } from './__testUtils__/ask';
import { healthyFacts, mintPki, seen, type Pki } from './__testUtils__/facts';
import { meshTraffic } from './meshTraffic';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

describe('mesh.traffic, of what a Prometheus scrapes,', () => {
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
  };
  const scrape = { ...plain, sourceNamespace: 'monitoring' };
  it.each<[string, object, TrafficSample[], string]>([
    [
      'warns of scrapes in plaintext where the spec asks for them',
      { namespace: 'monitoring', outsideMesh: true },
      [mtls, scrape],
      'warning PlaintextScrapes',
    ],
    [
      'fails for plaintext of others beside scrapes',
      { namespace: 'monitoring', outsideMesh: true },
      [mtls, scrape, plain],
      'failing Plaintext',
    ],
    [
      'fails for scrapes in plaintext that the spec does not ask for',
      { namespace: 'monitoring' },
      [mtls, scrape],
      'failing Plaintext',
    ],
    [
      'is unknown where nothing but scrapes was seen',
      { namespace: 'monitoring', outsideMesh: true },
      [scrape],
      'unknown NoTraffic',
    ],
  ])('%s', (_name, monitoring, samples, expected) => {
    const facts = healthyFacts(pki, { telemetry: seen(samples) });
    const spec = { ...facts.spec, monitoring } as Facts['spec'];
    expect(verdictsOf(meshTraffic, { ...facts, spec })).toEqual([expected]);
  });
});
