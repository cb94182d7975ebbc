import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { findingsOf, verdictsOf, type Row } from './__testUtils__/ask';
import { FORBIDDEN, mintPki, seen, type Pki } from './__testUtils__/facts';
import { NAMESPACE, pod, service } from './__testUtils__/objects';
import {
  headlessService,
  injectedPod,
  sidecarFacts,
} from './__testUtils__/sidecar';
import { meshMembership } from './meshMembership';
import { meshPorts } from './meshPorts';
import { meshSidecars } from './meshSidecars';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

const healthy = () => sidecarFacts(pki);

const namespace = (labels?: Record<string, string>) =>
  seen<KubernetesObject>({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: NAMESPACE, ...(labels && { labels }) },
  });
const optedOut = pod(1, {
  labels: {
    'app.kubernetes.io/instance': 'orders',
    'sidecar.istio.io/inject': 'false',
  },
});

describe('mesh.membership, with sidecars', () => {
  it.each<Row>([
    ['is ok where every pod has its sidecar', {}, ['ok Captured']],
    [
      'is ok for sidecars that are plain containers',
      { pods: seen([injectedPod(0, { native: false })]) },
      ['ok Captured'],
    ],
    [
      'is ok for a namespace of a revision',
      { namespace: namespace({ 'istio.io/rev': 'stable' }) },
      ['ok Captured'],
    ],
    [
      'fails for a namespace without the label',
      { namespace: namespace() },
      ['failing NamespaceNotInMesh'],
    ],
    [
      'fails where injection is disabled, whatever revision is named',
      {
        namespace: namespace({
          'istio-injection': 'disabled',
          'istio.io/rev': 'stable',
        }),
      },
      ['failing NamespaceNotInMesh'],
    ],
    [
      'fails for the label of another mesh mode',
      { namespace: namespace({ 'istio.io/dataplane-mode': 'ambient' }) },
      ['failing NamespaceNotInMesh'],
    ],
    [
      'fails for a pod that was made before the label',
      { pods: seen([injectedPod(0), pod(1)]) },
      ['failing PodBeforeLabel'],
    ],
    [
      'fails for a pod that wants no sidecar',
      { pods: seen([injectedPod(0), optedOut]) },
      ['failing PodNotInjected'],
    ],
    [
      'reports namespace and pods each',
      { namespace: namespace(), pods: seen([pod(0)]) },
      ['failing NamespaceNotInMesh', 'failing PodNotInjected'],
    ],
    ...[
      ['excludeInboundPorts', '8080, 9042'],
      ['excludeInboundPorts', '7000'],
      ['includeInboundPorts', ''],
      ['includeInboundPorts', '9042'],
    ].map<Row>(([annotation, ports]) => [
      `fails where ${annotation} "${ports}" leads past the sidecar`,
      {
        pods: seen([
          injectedPod(0, {
            annotations: { [`traffic.sidecar.istio.io/${annotation}`]: ports },
          }),
        ]),
      },
      ['failing InboundBypassed'],
    ]),
    [
      'fails where nothing is redirected to the sidecar',
      {
        pods: seen([
          injectedPod(0, {
            annotations: { 'sidecar.istio.io/interceptionMode': 'NONE' },
          }),
        ]),
      },
      ['failing InboundBypassed'],
    ],
    [
      'does not mind other ports past the sidecar',
      {
        pods: seen([
          injectedPod(0, {
            annotations: {
              'traffic.sidecar.istio.io/includeInboundPorts': '*',
              'traffic.sidecar.istio.io/excludeInboundPorts': '15020',
            },
          }),
        ]),
      },
      ['ok Captured'],
    ],
    ['is unknown without pods', { pods: seen([]) }, ['unknown NoPods']],
    [
      'is unknown where pods cannot be read',
      { pods: FORBIDDEN },
      ['unknown NotLooked'],
    ],
  ])('%s', (_name, changes, verdicts) => {
    expect(verdictsOf(meshMembership, healthy(), changes)).toEqual(verdicts);
  });

  it('names the pods that were made before the label', () => {
    const pods = seen([pod(0), injectedPod(1), pod(2)]);
    const [{ summary, remedy }] = findingsOf(
      meshMembership,
      sidecarFacts(pki, { pods }),
    );
    expect(summary).toBe(
      'orders-0 and orders-2 have no sidecar though new pods get one: made before the namespace was labelled, or while the injector did not answer',
    );
    expect(remedy?.command).toBe('kubectl delete pod orders-0 -n orders');
  });
});

describe('mesh.sidecars', () => {
  const late = '2026-06-01T08:00:07Z';
  const plain = { native: false, annotations: {} };
  it.each<Row>([
    ['is ok where every sidecar is ready and first', {}, ['ok Ready']],
    [
      'is ok for a plain container that is waited for',
      { pods: seen([injectedPod(0, { native: false })]) },
      ['ok Ready'],
    ],
    [
      'fails where one is not ready',
      { pods: seen([injectedPod(0), injectedPod(1, { ready: false })]) },
      ['failing NotReady'],
    ],
    [
      'fails for a pod that started before its sidecar',
      { pods: seen([injectedPod(0, { ...plain, startedAt: late })]) },
      ['failing StartedBeforeSidecar'],
    ],
    [
      'does not take a sidecar that was restarted for one that came late',
      { pods: seen([injectedPod(0, { startedAt: late, restartCount: 1 })]) },
      ['ok Ready'],
    ],
    [
      'reports both, each with its pods',
      {
        pods: seen([
          injectedPod(0, { native: false, startedAt: late }),
          injectedPod(1, { ready: false }),
        ]),
      },
      ['failing NotReady', 'failing StartedBeforeSidecar'],
    ],
    [
      'warns where only luck kept the order',
      { pods: seen([injectedPod(0, plain)]) },
      ['warning NotHeld'],
    ],
    [
      'takes no sidecar for none to look at',
      { pods: seen([pod(0)]) },
      ['unknown NoPods'],
    ],
    [
      'is unknown where pods cannot be read',
      { pods: FORBIDDEN },
      ['unknown NotLooked'],
    ],
  ])('%s', (_name, changes, verdicts) => {
    expect(verdictsOf(meshSidecars, healthy(), changes)).toEqual(verdicts);
  });

  it('names the pod that started first', () => {
    const pods = seen([
      injectedPod(0),
      injectedPod(2, { ...plain, startedAt: late }),
    ]);
    const [{ summary }] = findingsOf(meshSidecars, sidecarFacts(pki, { pods }));
    expect(summary).toBe('The database in orders-2 started before its sidecar');
  });
});

describe('mesh.ports', () => {
  const ports = (...all: unknown[]) => ({
    services: seen([headlessService(), service('orders-cql', { ports: all })]),
  });
  it.each<Row>([
    ['is ok where all are named tcp', {}, ['ok Named']],
    [
      'is ok for appProtocol, whatever the name',
      ports({ name: 'cql', port: 9042, appProtocol: 'tcp' }),
      ['ok Named'],
    ],
    [
      'warns of a port without a name',
      ports({ port: 9042 }),
      ['warning PortNotNamed'],
    ],
    [
      'warns of a name without a protocol',
      ports({ name: 'cql', port: 9042 }),
      ['warning PortNotNamed'],
    ],
    [
      'fails for a name of another protocol',
      ports({ name: 'http-cql', port: 9042 }),
      ['failing WrongProtocol'],
    ],
    [
      'does not mind UDP',
      ports({ name: 'dns', port: 53, protocol: 'UDP' }),
      ['ok Named'],
    ],
    [
      'does not mind Services of other pods',
      {
        services: seen([
          headlessService(),
          service('other', { selector: { app: 'x' }, ports: [{ port: 80 }] }),
          service('none', { selector: undefined, ports: [{ port: 80 }] }),
        ]),
      },
      ['ok Named'],
    ],
    [
      'is unknown without a Service',
      { services: seen([]) },
      ['unknown NoService'],
    ],
    [
      'is unknown where Services cannot be read',
      { services: FORBIDDEN },
      ['unknown NotLooked'],
    ],
  ])('%s', (_name, changes, verdicts) => {
    expect(verdictsOf(meshPorts, healthy(), changes)).toEqual(verdicts);
  });

  it('names the port', () => {
    const [{ summary, remedy }] = findingsOf(
      meshPorts,
      sidecarFacts(pki, ports({ port: 9042 })),
    );
    expect(summary).toBe(
      'Sidecars must guess the protocol of port 9042 of Service "orders-cql": the name does not begin with tcp',
    );
    expect(remedy?.command).toBe('kubectl edit service orders-cql -n orders');
  });
});
