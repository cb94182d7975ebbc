import {
  applicationSecret,
  authoritiesStage,
  authoritySecrets,
  broughtAuthorityStage,
  certificateDemanded,
  certificateReady,
  createApplicationRole,
  createSuperuser,
  disablePublicLogin,
  encryptedSides,
  keystorePasswordSecret,
  loginAccepted,
  loginRefused,
  namespaceManifest,
  names,
  plaintextRefused,
  PUBLIC_LOGIN,
  replicateAuth,
  ringIsUp,
  statefulSetRolledOut,
  superuserSecret,
  trustManifests,
  type Action,
  type Platform,
  type Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import { nodeCertificates, ownClientCertificates } from './certificates';
import { datacenterManifest } from './datacenter';
import { monitorManifests } from './monitoring';
import { APPLICATION, CONTAINER, operatorNames, PORTS } from './names';
import { nodePolicy } from './networkPolicy';
import { objectRefs } from './objects';
import { reaperStages } from './reaper';
import { nodeRoute, strangerRoute } from './routes';
import type { CassandraKeystoresSpec } from './spec';
import { datacenterReady } from './waits';

const MINUTE_MS = 60_000;

/** For each node: pulling the image, and starting, which cass-operator does one by one. */
const START_TIMEOUT_MS = 5 * MINUTE_MS;

/** The stages in their order. */
export function cassandraKeystoresStages(
  spec: CassandraKeystoresSpec,
  platform: Platform,
): Stage[] {
  return [
    namespaceStage(spec),
    ...broughtAuthorityStage(spec),
    credentialsStage(spec),
    ...(encryptedSides(spec).length > 0 ? pkiStages(spec) : []),
    policyStage(spec),
    databaseStage(spec, platform),
    ...reaperStages(spec),
    proofStage(spec),
  ];
}

/**
 * What a change of its CAs is about, each step of it: the CAs, what nodes trust,
 * what they and their own clients show, and the nodes themselves, which roll.
 */
export function rotationStages(
  spec: CassandraKeystoresSpec,
  platform: Platform,
): Stage[] {
  return [
    ...pkiStages(spec),
    { ...databaseStage(spec, platform), actions: [] },
    ...reaperStages(spec),
    proofStage(spec),
  ];
}

function namespaceStage(spec: CassandraKeystoresSpec): Stage {
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

function credentialsStage(spec: CassandraKeystoresSpec): Stage {
  return {
    name: 'credentials',
    title: 'Logins of superuser and application, password of the keystores',
    secrets: [
      superuserSecret(spec, APPLICATION),
      applicationSecret(spec, APPLICATION),
      keystorePasswordSecret(spec, APPLICATION),
    ],
    manifests: () => [],
    waits: [],
  };
}

function pkiStages(spec: CassandraKeystoresSpec): Stage[] {
  return [
    authoritiesStage(spec, APPLICATION),
    trustStage(spec),
    certificatesStage(spec),
  ];
}

function trustStage(spec: CassandraKeystoresSpec): Stage {
  const sides = encryptedSides(spec);
  return {
    name: 'trust',
    title: 'CAs that nodes trust',
    certificates: sides.flatMap(side => authoritySecrets(spec, side)),
    manifests: observed =>
      sides.flatMap(side => trustManifests(spec, side, APPLICATION, observed)),
    waits: [],
  };
}

function certificatesStage(spec: CassandraKeystoresSpec): Stage {
  const refs = objectRefs(spec);
  const manifests = [...nodeCertificates(spec), ...ownClientCertificates(spec)];
  return {
    name: 'certificate',
    title: 'Certificates and keystores',
    manifests: () => manifests,
    waits: manifests.map(({ metadata }) =>
      certificateReady(refs.certificate(metadata.name)),
    ),
  };
}

function policyStage(spec: CassandraKeystoresSpec): Stage {
  return {
    name: 'policy',
    title: 'Policy around the pods',
    manifests: () => [nodePolicy(spec)],
    waits: [],
  };
}

function databaseStage(
  spec: CassandraKeystoresSpec,
  platform: Platform,
): Stage {
  const refs = objectRefs(spec);
  const timeoutMs = 5 * MINUTE_MS + spec.replicas * START_TIMEOUT_MS;
  return {
    name: 'database',
    title: 'Cassandra ring',
    manifests: () => [
      datacenterManifest(spec),
      ...monitorManifests(spec, platform),
    ],
    actions: roleActions(spec),
    waits: [
      {
        ...datacenterReady(refs.datacenter, { timeoutMs }),
        when: 'before-actions',
      },
      {
        ...statefulSetRolledOut(refs.statefulSet, { timeoutMs }),
        when: 'before-actions',
      },
      ringIsUp(spec, {
        container: CONTAINER,
        pod: operatorNames.pod(spec, 0),
        replicas: spec.replicas,
        timeoutMs: 5 * MINUTE_MS,
      }),
    ],
  };
}

function roleActions(spec: CassandraKeystoresSpec): Action[] {
  const options = { via: nodeRoute(spec, 0) };
  return [
    // cass-operator makes it of the same Secret; where it already has, this sees so.
    createSuperuser(spec, PUBLIC_LOGIN, options),
    replicateAuth(spec, {
      ...options,
      container: CONTAINER,
      datacenter: spec.name,
      replicas: spec.replicas,
      podName: ordinal => operatorNames.pod(spec, ordinal),
    }),
    disablePublicLogin(spec, PUBLIC_LOGIN, options),
    createApplicationRole(spec, options),
  ];
}

/** What clients will do, and what nobody may be able to do. */
function proofStage(spec: CassandraKeystoresSpec): Stage {
  const route = () => nodeRoute(spec, 0);
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
              pod: operatorNames.pod(spec, 0),
              port: PORTS.cql,
              remedy:
                'See client_encryption_options in the CassandraDatacenter: enabled must be true, optional false',
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
