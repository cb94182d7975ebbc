import { servedWithout, completePlatform } from './__fixtures__/platform';
import { manifestsOf as cassandra } from './cassandra-sidecar/__fixtures__/stages';
import { exampleSpec as cassandraSpec } from './cassandra-sidecar/__fixtures__/spec';
import { cassandraSidecar } from './cassandra-sidecar';
import { scylladbAmbient } from './scylladb-ambient';
import { exampleSpec as scylladbSpec } from './scylladb-ambient/__fixtures__/spec';
import {
  manifestOf,
  manifestsOf as scylladb,
} from './scylladb-ambient/__fixtures__/stages';

const SCRAPED = { monitoring: { namespace: 'monitoring' } };
const NOT_SERVED = { ...completePlatform, apis: servedWithout('PodMonitor') };

const monitors = (manifests: ReturnType<typeof scylladb>) =>
  manifests
    .filter(({ kind }) => kind === 'PodMonitor')
    .map(({ metadata }) => metadata.name);

describe('the PodMonitors', () => {
  it.each<[string, string[], string[]]>([
    [
      'ScyllaDB and its gateway',
      monitors(scylladb(SCRAPED)),
      ['orders', 'orders-gateway'],
    ],
    [
      'ScyllaDB without a gateway',
      monitors(scylladb({ ...SCRAPED, access: { exposure: 'none' } })),
      ['orders'],
    ],
    [
      'the gateway of Cassandra, which shows no metrics itself',
      monitors(cassandra(SCRAPED)),
      ['orders-gateway'],
    ],
    ['nothing where nobody may scrape', monitors(scylladb()), []],
    [
      'nothing where they are not served',
      monitors(scylladb(SCRAPED, NOT_SERVED)),
      [],
    ],
  ])('are for %s', (_name, found, expected) => {
    expect(found).toEqual(expected);
  });

  it('name a port that the container of ScyllaDB declares', () => {
    const { spec } = manifestOf('PodMonitor', SCRAPED, 'orders');
    const statefulSet = manifestOf('StatefulSet', SCRAPED);
    expect(spec).toEqual({
      selector: { matchLabels: statefulSet.spec.selector.matchLabels },
      podMetricsEndpoints: [
        {
          port: 'tcp-metrics',
          path: '/metrics',
          relabelings: [
            {
              action: 'replace',
              targetLabel: 'database',
              replacement: 'orders',
            },
          ],
        },
      ],
    });
    expect(statefulSet.spec.template.spec.containers[0].ports).toContainEqual({
      name: 'tcp-metrics',
      containerPort: 9180,
    });
  });

  it("select the gateway's pods by the label that Istio gives them", () => {
    expect(
      manifestOf('PodMonitor', SCRAPED, 'orders-gateway').spec,
    ).toMatchObject({
      selector: {
        matchLabels: {
          'gateway.networking.k8s.io/gateway-name': 'orders-gateway',
        },
      },
      podMetricsEndpoints: [{ port: 'metrics', path: '/stats/prometheus' }],
    });
  });

  it.each([
    ['ScyllaDB', scylladb],
    ['Cassandra', cassandra],
  ])('change nothing else of %s', (_name, manifestsOf) => {
    const others = manifestsOf(SCRAPED).filter(
      ({ kind }) => kind !== 'PodMonitor',
    );
    expect(others).toEqual(manifestsOf(SCRAPED, NOT_SERVED));
  });

  it('are no matter of a database that nobody scrapes', () => {
    expect(JSON.stringify(scylladb())).toBe(
      JSON.stringify(scylladb({}, NOT_SERVED)),
    );
  });
});

it.each([
  ['ScyllaDB', scylladbAmbient.schema, scylladbSpec],
  ['Cassandra', cassandraSidecar.schema, cassandraSpec],
])(
  'a spec of %s does not open metrics to nobody',
  (_name, schema, exampleSpec) => {
    const asked = { ...exampleSpec(), monitoring: { outsideMesh: true } };
    expect(schema.safeParse(asked).error?.issues).toEqual([
      expect.objectContaining({
        path: ['monitoring', 'namespace'],
        message: 'must say who may scrape where monitoring.outsideMesh is true',
      }),
    ]);
  },
);

describe.each([
  [
    'ScyllaDB',
    (changes: object) =>
      scylladbAmbient.requirements(scylladbSpec({ ...changes }), NOT_SERVED),
  ],
  [
    'Cassandra',
    (changes: object) =>
      cassandraSidecar.requirements(cassandraSpec({ ...changes }), NOT_SERVED),
  ],
])(
  'the requirements of %s where PodMonitors are not served',
  (_name, requirementsOf) => {
    const about = (changes: object) =>
      requirementsOf(changes).filter(({ name }) => name === 'PodMonitor');

    it('note that nothing tells Prometheus', () => {
      expect(about(SCRAPED)).toEqual([
        {
          name: 'PodMonitor',
          level: 'note',
          field: 'monitoring.namespace',
          met: false,
          message:
            'Kubernetes cluster "eu-1" does not serve PodMonitor (monitoring.coreos.com/v1): namespace "monitoring" may scrape, but nothing tells its Prometheus what',
          remedy: {
            text: 'Install the Prometheus Operator, or add the pods to the configuration of Prometheus yourself',
          },
        },
      ]);
    });

    it('note nothing where nobody may scrape', () => {
      expect(about({})).toEqual([]);
    });
  },
);
