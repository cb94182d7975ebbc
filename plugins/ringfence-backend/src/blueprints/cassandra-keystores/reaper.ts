import {
  commonLabels,
  CONTAINER_SECURITY,
  loginAccepted,
  names,
  password,
  storeNames,
  toManifest,
  type IContainer,
  type Manifest,
  type SecretRecipe,
  type Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import { metadata, reaperNames } from './certificates';
import { STORES_ANNOTATION, authoritiesText } from './datacenter';
import { APPLICATION, clientHost, PORTS } from './names';
import { reaperLabels, reaperPolicy } from './networkPolicy';
import { objectRefs } from './objects';
import {
  makeReaperKeyspace,
  REAPER_KEYSPACE,
  registerAtReaper,
} from './reaperActions';
import { nodeRoute } from './routes';
import type { CassandraKeystoresSpec } from './spec';
import { deploymentRolledOut } from './waits';

/**
 * The release whose scripts and variables were read; it was never run.
 *
 * @see https://cassandra-reaper.io/docs/configuration/docker_vars/
 */
const IMAGE = 'thelastpickle/cassandra-reaper:4.0.1';
/** Reaper's role in the database. */
export const REAPER_ROLE = 'reaper';

const STORES = '/mnt/reaper-stores';
const OPTIONS = '/mnt/reaper-options';
/** Key of the Secret with Java's options, of which two are passwords. */
const OPTIONS_FILE = 'java.options';
const USER_ID = 1001;
/** Folders that its entry point writes to, whoever owns them in the image. */
const WRITTEN = {
  config: '/etc/cassandra-reaper/config',
  tmp: '/var/tmp/cassandra-reaper',
} as const;
/** By itself it takes a gigabyte. */
const HEAP = '512M';

/**
 * The driver's own way to TLS, which verifies the name, too. What Reaper sets
 * instead is no such way: its driver throws, and Reaper does not start.
 *
 * @see https://github.com/thelastpickle/cassandra-reaper/issues/1568
 */
const SSL_ENGINE =
  '-Ddatastax-java-driver.advanced.ssl-engine-factory.class=com.datastax.oss.driver.internal.core.ssl.DefaultSslEngineFactory';

/**
 * Reaper: a client of the database with a certificate and a role of its own.
 * Its keyspace comes first: without it, it does not start.
 */
export function reaperStages(spec: CassandraKeystoresSpec): Stage[] {
  if (!spec.reaper.enabled) return [];
  return [
    {
      name: 'reaper-keyspace',
      title: 'Keyspace and role of Reaper',
      secrets: reaperSecrets(spec),
      manifests: () => [],
      actions: [makeReaperKeyspace(spec)],
      waits: [
        {
          // Cassandra makes roles some time after it takes connections.
          ...loginAccepted({
            what: 'Login as the superuser',
            login: { secret: names.superuserSecret(spec) },
            route: () => nodeRoute(spec, 0),
          }),
          when: 'before-actions',
        },
      ],
    },
    {
      name: 'reaper',
      title: 'Reaper and its schedules',
      manifests: () => [reaperPolicy(spec), reaperDeployment(spec)],
      actions: [registerAtReaper(spec)],
      waits: [deploymentRolledOut(objectRefs(spec).reaper)],
    },
  ];
}

/** Reaper's role, and the options by which its Java opens the stores: in a file, since a command line can be read by everybody in the pod. */
function reaperSecrets(spec: CassandraKeystoresSpec): SecretRecipe[] {
  const labels = commonLabels(spec, APPLICATION);
  const role: SecretRecipe = {
    name: reaperNames.role(spec),
    labels,
    data: { username: { from: 'literal', value: REAPER_ROLE }, password },
  };
  if (!spec.tls.client.enabled) return [role];
  const options: SecretRecipe = {
    name: storeNames.password(spec),
    labels,
    data: {
      password,
      [OPTIONS_FILE]: {
        from: 'template',
        text: [
          `-Djavax.net.ssl.keyStore=${STORES}/keystore.p12`,
          '-Djavax.net.ssl.keyStoreType=PKCS12',
          '-Djavax.net.ssl.keyStorePassword={{password}}',
          `-Djavax.net.ssl.trustStore=${STORES}/truststore.p12`,
          '-Djavax.net.ssl.trustStoreType=PKCS12',
          '-Djavax.net.ssl.trustStorePassword={{password}}',
          '',
        ].join('\n'),
      },
    },
  };
  return [role, options];
}

function reaperDeployment(spec: CassandraKeystoresSpec): Manifest {
  const labels = { ...metadata(spec, '').labels, ...reaperLabels(spec) };
  const encrypted = spec.tls.client.enabled;
  return toManifest({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(spec, reaperNames.deployment(spec)),
    spec: {
      replicas: 1,
      selector: { matchLabels: reaperLabels(spec) },
      // Two at once would repair the same.
      strategy: { type: 'Recreate' },
      template: {
        metadata: {
          labels,
          annotations: { [STORES_ANNOTATION]: authoritiesText(spec) },
        },
        spec: {
          automountServiceAccountToken: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: USER_ID,
            fsGroup: USER_ID,
            seccompProfile: { type: 'RuntimeDefault' },
          },
          // Its schema is made by the same program, run once before.
          initContainers: [
            container(spec, 'schema', { args: ['schema-migration'] }),
          ],
          containers: [
            container(spec, 'reaper', {
              ports: [
                { name: 'app', containerPort: 8080 },
                { name: 'admin', containerPort: 8081 },
              ],
              readinessProbe: {
                httpGet: { path: '/healthcheck', port: 8081 },
                periodSeconds: 15,
              },
            }),
          ],
          volumes: [
            ...Object.keys(WRITTEN).map(name => ({ name, emptyDir: {} })),
            ...(encrypted ? storeVolumes(spec) : []),
          ],
        },
      },
    },
  });
}

function storeVolumes(spec: CassandraKeystoresSpec) {
  const stores = ['keystore.p12', 'truststore.p12'];
  return [
    {
      name: 'stores',
      secret: {
        secretName: reaperNames.certificate(spec),
        items: stores.map(key => ({ key, path: key })),
      },
    },
    {
      name: 'options',
      secret: {
        secretName: storeNames.password(spec),
        items: [{ key: OPTIONS_FILE, path: OPTIONS_FILE }],
      },
    },
  ];
}

function container(
  spec: CassandraKeystoresSpec,
  name: string,
  own: Partial<IContainer>,
): IContainer {
  return {
    name,
    image: IMAGE,
    env: [
      ...Object.entries(environment(spec)).map(([key, value]) => ({
        name: key,
        value,
      })),
      credential(spec, 'REAPER_CASS_AUTH_USERNAME', 'username'),
      credential(spec, 'REAPER_CASS_AUTH_PASSWORD', 'password'),
    ],
    resources: {
      requests: { cpu: '100m', memory: '768Mi' },
      limits: { memory: '2Gi' },
    },
    securityContext: CONTAINER_SECURITY,
    volumeMounts: [
      ...Object.entries(WRITTEN).map(([of, mountPath]) => ({
        name: of,
        mountPath,
      })),
      ...(spec.tls.client.enabled
        ? [
            { name: 'stores', mountPath: STORES, readOnly: true },
            { name: 'options', mountPath: OPTIONS, readOnly: true },
          ]
        : []),
    ],
    ...own,
  };
}

function credential(spec: CassandraKeystoresSpec, name: string, key: string) {
  return {
    name,
    valueFrom: { secretKeyRef: { name: reaperNames.role(spec), key } },
  };
}

function environment(spec: CassandraKeystoresSpec): Record<string, string> {
  const { schedules } = spec.reaper;
  return {
    REAPER_STORAGE_TYPE: 'cassandra',
    REAPER_HEAP_SIZE: HEAP,
    REAPER_TMP_DIRECTORY: WRITTEN.tmp,
    // It finds the ring by the name of its Service: addresses of nodes change.
    REAPER_ENABLE_DYNAMIC_SEED_LIST: 'false',
    REAPER_CASS_CLUSTER_NAME: spec.name,
    REAPER_CASS_CONTACT_POINTS: JSON.stringify([
      { host: clientHost(spec), port: String(PORTS.cql) },
    ]),
    REAPER_CASS_LOCAL_DC: spec.name,
    REAPER_CASS_KEYSPACE: REAPER_KEYSPACE,
    REAPER_CASS_AUTH_ENABLED: 'true',
    // Nobody reaches it but through the API server, see its NetworkPolicy.
    REAPER_AUTH_ENABLED: 'false',
    // The nodes' management API, as the operator speaks to it; JMX stays shut.
    REAPER_HTTP_MANAGEMENT_ENABLE: 'true',
    REAPER_SCHEDULE_DAYS_BETWEEN: String(schedules.everyDays),
    REAPER_AUTO_SCHEDULING_ENABLED: String(schedules.enabled),
    REAPER_AUTO_SCHEDULING_EXCLUDED_KEYSPACES: `[${schedules.excludedKeyspaces.join(
      ', ',
    )}]`,
    ...(spec.tls.client.enabled && {
      REAPER_CASS_NATIVE_PROTOCOL_SSL_ENCRYPTION_ENABLED: 'true',
      JAVA_OPTS: `@${OPTIONS}/${OPTIONS_FILE} ${SSL_ENGINE}`,
    }),
  };
}
