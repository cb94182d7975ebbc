import { findingsOf, verdictsOf, type Row } from './__testUtils__/ask';
import { FORBIDDEN, mintPki, seen, type Pki } from './__testUtils__/facts';
import { peerAuthentication } from './__testUtils__/objects';
import {
  ringTraffic,
  sidecarFacts,
  sidecarTraffic,
} from './__testUtils__/sidecar';
import { meshPassthrough } from './meshPassthrough';
import { meshStrict } from './meshStrict';
import { meshTraffic } from './meshTraffic';
import { meshZtunnel } from './meshZtunnel';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

const healthy = () => sidecarFacts(pki);

describe('mesh.strict, with sidecars', () => {
  const own = { 'app.kubernetes.io/instance': 'orders' };
  it.each<Row>([
    ['is ok by namespace', {}, ['ok Strict']],
    [
      'fails where a port between the nodes is left open',
      {
        peerAuthentications: seen([
          peerAuthentication('STRICT', {
            selector: own,
            port: { 7000: { mode: 'PERMISSIVE' } },
          }),
        ]),
      },
      ['failing NotStrict'],
    ],
  ])('%s', (_name, changes, verdicts) => {
    expect(verdictsOf(meshStrict, healthy(), changes)).toEqual(verdicts);
  });
});

describe('mesh.traffic, with sidecars', () => {
  const legacy = sidecarTraffic({
    sourceWorkload: 'legacy-client',
    sourceNamespace: 'billing',
    sourcePrincipal: 'unknown',
    securityPolicy: 'none',
  });
  const telemetry = (...samples: ReturnType<typeof sidecarTraffic>[]) => ({
    telemetry: seen(samples),
  });
  it.each<Row>([
    ['is ok under mTLS alone', {}, ['ok MutualTls']],
    [
      "fails for Envoy's word for plaintext",
      telemetry(sidecarTraffic(), ringTraffic(), legacy),
      ['failing Plaintext'],
    ],
    [
      'fails for plaintext between the nodes',
      telemetry(sidecarTraffic(), ringTraffic({ securityPolicy: 'none' })),
      ['failing Plaintext'],
    ],
    [
      'does not take what a client cannot know for plaintext',
      telemetry(
        sidecarTraffic(),
        ringTraffic(),
        ringTraffic({ reporter: 'source', securityPolicy: 'unknown' }),
      ),
      ['ok MutualTls'],
    ],
    [
      'says where no node has been seen to reach another',
      telemetry(sidecarTraffic()),
      ['ok MutualTlsOfClients'],
    ],
    [
      'does not ask that of a single node',
      ({ observation }) => ({
        ...telemetry(sidecarTraffic()),
        observation: { ...observation, replicas: 1 },
      }),
      ['ok MutualTls'],
    ],
    ['is unknown without traffic', telemetry(), ['unknown NoTraffic']],
  ])('%s', (_name, changes, verdicts) => {
    expect(verdictsOf(meshTraffic, healthy(), changes)).toEqual(verdicts);
  });

  it('names the source and how to take it into the mesh', () => {
    const [{ summary, remedy }] = findingsOf(
      meshTraffic,
      sidecarFacts(pki, telemetry(legacy)),
    );
    expect(summary).toBe(
      '"billing/legacy-client" reached the database in plaintext',
    );
    expect(remedy?.command).toBe(
      'kubectl label namespace billing istio-injection=enabled',
    );
  });
});

describe('mesh.passthrough', () => {
  const passed = sidecarTraffic({
    reporter: 'source',
    sourceWorkload: 'orders',
    destinationWorkload: 'unknown',
    destinationService: 'PassthroughCluster',
    securityPolicy: 'unknown',
  });
  const quiet = { seconds: 300, connectionsOpened: 0, receivedBytes: 0 };
  it.each<Row>([
    ['is ok where nothing falls to it', {}, ['ok NothingPassed']],
    [
      'fails where something does',
      { telemetry: seen([sidecarTraffic(), passed]) },
      ['failing Passthrough'],
    ],
    [
      'fails for what came in on a port that no Service has',
      {
        telemetry: seen([
          sidecarTraffic({ destinationService: 'InboundPassthroughCluster' }),
        ]),
      },
      ['failing Passthrough'],
    ],
    [
      'is ok where that is over',
      { telemetry: seen([{ ...passed, recent: quiet }]) },
      ['ok PassedBefore'],
    ],
    [
      'is unknown without telemetry',
      { telemetry: FORBIDDEN },
      ['unknown NotLooked'],
    ],
  ])('%s', (_name, changes, verdicts) => {
    expect(verdictsOf(meshPassthrough, healthy(), changes)).toEqual(verdicts);
  });
});

describe('mesh.ztunnel', () => {
  it.each<Row>([['says nothing of sidecars', {}, []]])(
    '%s',
    (_name, changes, verdicts) => {
      expect(verdictsOf(meshZtunnel, healthy(), changes)).toEqual(verdicts);
    },
  );
});
