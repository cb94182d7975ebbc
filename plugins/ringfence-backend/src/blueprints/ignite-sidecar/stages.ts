import {
  applicationSecret,
  namespaceManifest,
  password,
  commonLabels,
  names,
  statefulSetRolledOut,
  type Platform,
  type SecretRecipe,
  type Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  activate,
  createApplicationUser,
  replacePublicPassword,
  topologyComplete,
} from './actions';
import { clusterManifests } from './cluster';
import { APPLICATION } from './names';
import { objectRefs } from './objects';
import { PUBLIC_LOGIN } from './observation';
import { hasLogins, type IgniteSidecarSpec } from './spec';

const MINUTE_MS = 60_000;
/** For each node: pulling the image, and starting. */
const START_TIMEOUT_MS = 5 * MINUTE_MS;

/** The stages in their order. */
export function igniteSidecarStages(
  spec: IgniteSidecarSpec,
  platform: Platform,
): Stage[] {
  return [
    namespaceStage(spec),
    ...(hasLogins(spec) ? [credentialsStage(spec)] : []),
    clusterStage(spec, platform),
  ];
}

function namespaceStage(spec: IgniteSidecarSpec): Stage {
  const { revision } = spec.mesh;
  return {
    name: 'namespace',
    title: 'Namespace in the mesh',
    manifests: () => [
      namespaceManifest(spec, {
        application: APPLICATION,
        mesh: { mode: 'sidecar', revision },
        podSecurity: 'restricted',
      }),
    ],
    waits: [],
  };
}

function credentialsStage(spec: IgniteSidecarSpec): Stage {
  return {
    name: 'credentials',
    title: 'Logins of superuser and application',
    secrets: [superuserSecret(spec), applicationSecret(spec, APPLICATION)],
    manifests: () => [],
    waits: [],
  };
}

/** Ignite's superuser has a name that cannot be changed. */
function superuserSecret(spec: IgniteSidecarSpec): SecretRecipe {
  return {
    name: names.superuserSecret(spec),
    labels: commonLabels(spec, APPLICATION),
    data: {
      username: { from: 'literal', value: PUBLIC_LOGIN.username },
      password,
    },
  };
}

/** The nodes, brought together before they take data, and their logins, before there is a way in. */
function clusterStage(spec: IgniteSidecarSpec, platform: Platform): Stage {
  const timeoutMs = 5 * MINUTE_MS + spec.replicas * START_TIMEOUT_MS;
  return {
    name: 'database',
    title: 'Ignite cluster',
    manifests: observed => clusterManifests(spec, platform, observed),
    waits: [
      {
        ...statefulSetRolledOut(objectRefs(spec).statefulSet, { timeoutMs }),
        when: 'before-actions',
      },
      topologyComplete(spec),
    ],
    actions: [
      activate(spec),
      ...(hasLogins(spec)
        ? [replacePublicPassword(spec), createApplicationUser(spec)]
        : []),
    ],
  };
}
