import {
  CONTAINER_SECURITY,
  containerResources,
  DATA_VOLUME,
  names,
  podAddress,
  podSelector,
  type IContainer,
  type IPodSpec,
  type IProbe,
} from '@ringfence/backstage-plugin-ringfence-node';
import { APPLICATION, CONTAINER, igniteNames, PORTS } from './names';
import {
  LICENCE_FOLDER,
  memoryOf,
  SETTINGS_FILE,
  SETTINGS_FOLDER,
} from './settings';
import { needsLicence, type IgniteSidecarSpec } from './spec';
import { licenceSecret } from './licence';

/** An ordinary user, by number; everything that a node writes is on a volume, or open to all in the image. */
const USER_ID = 10_001;
/** Where a node keeps what it writes. */
const DATA_FOLDER = '/data';

const VOLUMES = { settings: 'settings', licence: 'licence' } as const;

/** A pod of the cluster, before the mesh injects its sidecar. */
export function ignitePod(spec: IgniteSidecarSpec): IPodSpec {
  const production = spec.profile === 'production';
  return {
    serviceAccountName: names.ring(spec),
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: production ? 600 : 120,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: USER_ID,
      runAsGroup: USER_ID,
      fsGroup: USER_ID,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: production ? 'DoNotSchedule' : 'ScheduleAnyway',
        labelSelector: { matchLabels: podSelector(spec, APPLICATION) },
      },
    ],
    containers: [nodeContainer(spec)],
    volumes: volumes(spec),
  };
}

function nodeContainer(spec: IgniteSidecarSpec): IContainer {
  return {
    name: CONTAINER,
    image: image(spec),
    env: environment(spec),
    ports: [
      { name: 'tcp-thinclient', containerPort: PORTS.thinClient },
      // A port of a container has a name of 15 characters at most.
      { name: 'tcp-comm', containerPort: PORTS.communication },
      { name: 'tcp-discovery', containerPort: PORTS.discovery },
      { name: 'http-rest', containerPort: PORTS.rest },
    ],
    ...probes(spec),
    resources: containerResources(spec),
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [
      { name: VOLUMES.settings, mountPath: SETTINGS_FOLDER, readOnly: true },
      { name: DATA_VOLUME, mountPath: DATA_FOLDER },
      ...(needsLicence(spec)
        ? [{ name: VOLUMES.licence, mountPath: LICENCE_FOLDER, readOnly: true }]
        : []),
    ],
  };
}

function image({ product, gridgain, version }: IgniteSidecarSpec): string {
  return product === 'ignite'
    ? `apacheignite/ignite:${version}`
    : `gridgain/${gridgain.edition}:${version}`;
}

function environment(spec: IgniteSidecarSpec): NonNullable<IContainer['env']> {
  const fixed = {
    LISTEN_ADDRESS: '0.0.0.0',
    IGNITE_WORK_DIR: DATA_FOLDER,
    CONFIG_URI: `file://${SETTINGS_FOLDER}/${SETTINGS_FILE}`,
    // Of the image's libraries that are off by default.
    OPTION_LIBS: 'ignite-rest-http',
    JVM_OPTS: jvmOptions(spec).join(' '),
  };
  return [
    {
      name: 'POD_NAME',
      valueFrom: { fieldRef: { fieldPath: 'metadata.name' } },
    },
    podAddress('POD_IP'),
    ...Object.entries(fixed).map(([name, value]) => ({ name, value })),
  ];
}

/** What packages of Java have to be open is for the image's own script to say, by the Java that it has. */
function jvmOptions(spec: IgniteSidecarSpec): string[] {
  const { heap } = memoryOf(spec);
  return [
    `-Xms${heap}m`,
    `-Xmx${heap}m`,
    `-XX:MaxDirectMemorySize=${Math.floor(heap / 4)}m`,
    '-Djava.net.preferIPv4Stack=true',
    // REST listens where thin clients do.
    '-DIGNITE_JETTY_HOST=$(LISTEN_ADDRESS)',
    `-DIGNITE_JETTY_PORT=${PORTS.rest}`,
    // The log says what goes on, which is how failures are told apart.
    '-DIGNITE_QUIET=false',
  ];
}

/**
 * A node takes thin clients once it is part of the topology, also while the
 * cluster is inactive. Liveness asks discovery: it listens from the first.
 */
function probes({ profile }: IgniteSidecarSpec): {
  startupProbe: IProbe;
  readinessProbe: IProbe;
  livenessProbe: IProbe;
} {
  const startMinutes = profile === 'production' ? 60 : 15;
  return {
    startupProbe: {
      tcpSocket: { port: PORTS.thinClient },
      periodSeconds: 5,
      failureThreshold: startMinutes * 12,
    },
    readinessProbe: {
      tcpSocket: { port: PORTS.thinClient },
      periodSeconds: 5,
      failureThreshold: 2,
    },
    livenessProbe: {
      tcpSocket: { port: PORTS.discovery },
      periodSeconds: 10,
      failureThreshold: 12,
    },
  };
}

function volumes(spec: IgniteSidecarSpec): NonNullable<IPodSpec['volumes']> {
  const own = [
    {
      name: VOLUMES.settings,
      configMap: { name: igniteNames.settings(spec) },
    },
    ...(needsLicence(spec)
      ? [
          {
            name: VOLUMES.licence,
            secret: { secretName: licenceSecret(spec) },
          },
        ]
      : []),
  ];
  return spec.persistence.enabled
    ? own
    : [...own, { name: DATA_VOLUME, emptyDir: {} }];
}
