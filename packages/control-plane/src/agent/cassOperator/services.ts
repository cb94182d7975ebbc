import type { Manifest } from '@ringfence/backstage-plugin-ringfence-node';
import {
  commonLabels,
  datacenterLabels,
  OPERATOR_LABELS,
  ownedMetadata,
  type Datacenter,
} from './datacenter';

const PORTS = {
  native: 9042,
  'tls-native': 9142,
  'mgmt-api': 8080,
  prometheus: 9103,
  metrics: 9000,
} as const;

/** The headless Services of a datacenter, as the real operator made them. */
export function serviceManifests(datacenter: Datacenter): Manifest[] {
  const { cluster, name } = datacenter;
  const labels = {
    ...commonLabels(datacenter),
    ...datacenterLabels(datacenter),
  };
  const { [OPERATOR_LABELS.datacenter]: _, ...clusterLabels } = labels;
  const { 'tls-native': tls, ...withoutTls } = PORTS;
  return [
    service(datacenter, {
      kind: 'dcService',
      name: `${cluster}-${name}-service`,
      labels,
      selector: datacenterLabels(datacenter),
      ports: PORTS,
    }),
    service(datacenter, {
      kind: 'allpodsService',
      name: `${cluster}-${name}-all-pods-service`,
      labels: { ...labels, 'cassandra.datastax.com/prom-metrics': 'true' },
      selector: datacenterLabels(datacenter),
      ports: withoutTls,
      notReady: true,
    }),
    service(datacenter, {
      kind: 'seedService',
      name: `${cluster}-seed-service`,
      labels: clusterLabels,
      selector: {
        [OPERATOR_LABELS.cluster]: cluster,
        [OPERATOR_LABELS.seedNode]: 'true',
      },
      notReady: true,
    }),
    // Its endpoints are the additional seeds, of which there are none here.
    service(datacenter, {
      kind: 'additionalSeedService',
      name: `${cluster}-${name}-additional-seed-service`,
      labels,
      notReady: true,
    }),
  ];
}

function service(
  datacenter: Datacenter,
  options: {
    /** As in `additionalServiceConfig`. */
    readonly kind: string;
    readonly name: string;
    readonly labels: Record<string, string>;
    readonly selector?: Record<string, string>;
    readonly ports?: Readonly<Record<string, number>>;
    readonly notReady?: boolean;
  },
): Manifest {
  const { kind, name, selector, ports, notReady } = options;
  const { additionalLabels, additionalAnnotations } =
    datacenter.object.spec.additionalServiceConfig?.[kind] ?? {};
  const labels = { ...options.labels, ...additionalLabels };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      ...ownedMetadata(datacenter, { name, labels }),
      ...(additionalAnnotations && { annotations: additionalAnnotations }),
    },
    spec: {
      clusterIP: 'None',
      type: 'ClusterIP',
      ...(selector && { selector }),
      ...(ports && {
        ports: Object.entries(ports).map(([portName, port]) => ({
          name: portName,
          port,
          protocol: 'TCP',
          targetPort: port,
        })),
      }),
      ...(notReady && { publishNotReadyAddresses: true }),
    },
  };
}
