import {
  applicationSecret,
  caStage,
  certificateStage,
  clientCaStage,
  commonLabels,
  hasOwnCa,
  isGated,
  monitorManifests,
  names,
  namespaceStage,
  objectRefs,
  password,
  policyStage,
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
import { igniteContext } from './database';
import { igniteGatewayStage, routeStage } from './gateway';
import { licenceStage } from './licence';
import { APPLICATION } from './names';
import { PUBLIC_LOGIN } from './observation';
import { proofStage } from './proof';
import { hasLogins, needsLicence, type IgniteSidecarSpec } from './spec';

const MINUTE_MS = 60_000;
/** For each node: pulling the image, and starting. */
const START_TIMEOUT_MS = 5 * MINUTE_MS;

/**
 * The stages in their order. Without a gateway there is no address, so no
 * certificate and no route either; with an issuer of someone else's, no CA.
 */
export function igniteSidecarStages(
  spec: IgniteSidecarSpec,
  platform: Platform,
): Stage[] {
  const context = igniteContext(spec, platform);
  const gated = isGated(spec);
  return [
    namespaceStage(context),
    ...(needsLicence(spec) ? [licenceStage(spec)] : []),
    ...(hasLogins(spec) ? [credentialsStage(spec)] : []),
    ...(hasOwnCa(spec) ? [caStage(context)] : []),
    ...(spec.access.clientCertificates === 'off'
      ? []
      : [clientCaStage(context)]),
    ...(gated
      ? [igniteGatewayStage(spec, platform), certificateStage(context)]
      : []),
    policyStage(context),
    clusterStage(spec, platform),
    ...(gated ? [routeStage(spec, platform)] : []),
    proofStage(spec),
  ];
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
    manifests: observed => [
      ...clusterManifests(spec, platform, observed),
      ...monitorManifests(spec, platform, {
        application: APPLICATION,
        gated: isGated(spec),
      }),
    ],
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
