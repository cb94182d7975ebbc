import {
  applicationSecret,
  authoritiesStage,
  broughtAuthorityStage,
  certificateDemanded,
  certificateReady,
  createApplicationRole,
  createSuperuser,
  disablePublicLogin,
  encryptedSides,
  loginAccepted,
  loginRefused,
  namespaceManifest,
  names,
  plaintextRefused,
  podMonitor,
  PUBLIC_LOGIN,
  ringIsUp,
  servesPodMonitors,
  statefulSetRolledOut,
  superuserSecret,
  toManifest,
  type Action,
  type Manifest,
  type Platform,
  type Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import { nodeCertificates, ownClientCertificates } from './certificates';
import { clusterManifest } from './cluster';
import { backupSchedules, bucketSecretThere } from './medusa';
import { APPLICATION, CONTAINER, nodeLabels, PORTS } from './names';
import { nodePolicy } from './networkPolicy';
import { objectRefs } from './objects';
import { replicated, replicatedSecret } from './replication';
import { firstPod, nodeRoute, strangerRoute } from './routes';
import type { K8ssandraSpec } from './spec';
import {
  nodetool,
  severalAuthorities,
  storePasswordSecret,
  trustSecrets,
} from './stores';
import { clusterReady } from './waits';

const MINUTE_MS = 60_000;

/** For each node: pulling the image, and starting, which cass-operator does one by one. */
const START_TIMEOUT_MS = 5 * MINUTE_MS;

/** The stages in their order. */
export function k8ssandraStages(
  spec: K8ssandraSpec,
  platform: Platform,
): Stage[] {
  return [
    namespaceStage(spec),
    ...broughtAuthorityStage(spec),
    credentialsStage(spec),
    ...(encryptedSides(spec).length > 0 ? pkiStages(spec) : []),
    policyStage(spec),
    databaseStage(spec, platform),
    ...backupStages(spec, platform),
    proofStage(spec),
  ];
}

/**
 * What a change of its CAs is about, each step of it: the CAs, what nodes trust,
 * what they and their own clients show, and the nodes themselves, which the
 * operators restart one by one.
 */
export function rotationStages(
  spec: K8ssandraSpec,
  platform: Platform,
): Stage[] {
  return [
    ...pkiStages(spec),
    { ...databaseStage(spec, platform), actions: [] },
    proofStage(spec),
  ];
}

function namespaceStage(spec: K8ssandraSpec): Stage {
  return {
    name: 'namespace',
    title: 'Namespace of its own',
    manifests: () => [
      namespaceManifest(spec, {
        application: APPLICATION,
        mesh: { mode: 'none' },
        // cass-operator's pods keep capabilities and say no seccomp profile.
        podSecurity: 'baseline',
      }),
    ],
    waits: [],
  };
}

function credentialsStage(spec: K8ssandraSpec): Stage {
  return {
    name: 'credentials',
    title: 'Logins of superuser and application, password of the stores',
    secrets: [
      superuserSecret(spec, APPLICATION),
      applicationSecret(spec, APPLICATION),
      storePasswordSecret(spec),
    ],
    manifests: () => [],
    waits: bucketSecretThere(spec),
  };
}

function pkiStages(spec: K8ssandraSpec): Stage[] {
  return [
    authoritiesStage(spec, APPLICATION),
    {
      name: 'trust',
      title: 'CAs that nodes trust',
      certificates: severalAuthorities(spec),
      manifests: observed => trustSecrets(spec, observed),
      waits: [],
    },
    certificatesStage(spec),
  ];
}

function certificatesStage(spec: K8ssandraSpec): Stage {
  const refs = objectRefs(spec);
  const certificates = [
    ...nodeCertificates(spec),
    ...ownClientCertificates(spec),
  ];
  return {
    name: 'certificate',
    title: 'Certificates and their stores',
    manifests: () => [...certificates, ...replicatedSecret(spec)],
    waits: [
      ...certificates.map(({ metadata }) =>
        certificateReady(refs.certificate(metadata.name)),
      ),
      ...replicated(spec),
    ],
  };
}

function policyStage(spec: K8ssandraSpec): Stage {
  return {
    name: 'policy',
    title: 'Policy around the pods',
    manifests: () => [nodePolicy(spec)],
    waits: [],
  };
}

function databaseStage(spec: K8ssandraSpec, platform: Platform): Stage {
  const refs = objectRefs(spec);
  const nodes = spec.datacenters.reduce((sum, dc) => sum + dc.replicas, 0);
  const timeoutMs = 5 * MINUTE_MS + nodes * START_TIMEOUT_MS;
  const datacenters = spec.datacenters.map(({ name }) => name);
  return {
    name: 'database',
    title: 'Cassandra ring',
    manifests: () => [clusterManifest(spec), ...monitors(spec, platform)],
    actions: roleActions(spec),
    waits: [
      {
        ...clusterReady(refs.cluster, { datacenters, timeoutMs }),
        when: 'before-actions',
      },
      ...refs.statefulSets.map(ref => ({
        ...statefulSetRolledOut(ref, { timeoutMs }),
        when: 'before-actions' as const,
      })),
      ringIsUp(spec, {
        container: CONTAINER,
        pod: firstPod(spec),
        replicas: nodes,
        timeoutMs: 5 * MINUTE_MS,
        command: nodetool(spec, 'status'),
      }),
    ],
  };
}

/** Replication of the roles is the operator's own work. */
function roleActions(spec: K8ssandraSpec): Action[] {
  const options = { via: nodeRoute(spec) };
  return [
    // The operators make it of the same Secret; where they already have, this sees so.
    createSuperuser(spec, PUBLIC_LOGIN, options),
    disablePublicLogin(spec, PUBLIC_LOGIN, options),
    createApplicationRole(spec, options),
  ];
}

function monitors(
  spec: K8ssandraSpec,
  platform: Pick<Platform, 'apis'>,
): Manifest[] {
  if (!spec.monitoring.namespace || !servesPodMonitors(platform)) return [];
  const monitor = podMonitor(
    spec,
    { application: APPLICATION },
    {
      name: names.ring(spec),
      selector: nodeLabels(spec),
      // As cass-operator's container declares it.
      endpoint: { port: 'metrics', path: '/metrics' },
    },
  );
  return [toManifest(monitor)];
}

function backupStages(spec: K8ssandraSpec, platform: Platform): Stage[] {
  if (!spec.medusa.enabled) return [];
  return [
    {
      name: 'backup',
      title: 'Schedules of backups',
      manifests: () => backupSchedules(spec, platform),
      waits: [],
    },
  ];
}

/** What clients will do, and what nobody may be able to do. */
function proofStage(spec: K8ssandraSpec): Stage {
  const route = () => nodeRoute(spec);
  const { username } = PUBLIC_LOGIN;
  return {
    name: 'proof',
    title: 'Proof that the fence holds',
    manifests: () => [],
    waits: [
      loginAccepted({
        what: 'Login as the application role',
        login: { secret: names.applicationSecret(spec) },
        route,
      }),
      ...(spec.tls.client.enabled
        ? [
            certificateDemanded(PORTS.cql, () => strangerRoute(spec)),
            plaintextRefused(spec, {
              pod: firstPod(spec),
              port: PORTS.cql,
              remedy:
                'See client_encryption_options in the K8ssandraCluster: enabled must be true, optional false',
            }),
          ]
        : []),
      loginRefused({ what: 'Anonymous login', login: 'anonymous', route }),
      loginRefused({
        what: `Login as "${username}" with the password that everybody knows`,
        login: PUBLIC_LOGIN,
        route,
      }),
    ],
  };
}
