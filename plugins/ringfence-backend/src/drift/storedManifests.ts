import { isDeepStrictEqual } from 'node:util';
import {
  DATABASE_LABEL,
  MANAGED_BY_LABEL,
  MANAGER,
  OWNER_ANNOTATION,
  SPEC_SHA256_ANNOTATION,
  STATE_ANNOTATION,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  KubernetesCluster,
  Manifest,
  Platform,
  Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { StoredDatabase } from '../databases/Databases';
import { authoritiesAnnotation } from '../databases/storedAuthorities';
import { namespaceRef } from '../provisioning/objects';
import { awaitsAddress, readObserved } from '../provisioning/observed';

/** Two addresses from TEST-NET-1, which no one uses. @see RFC 5737 */
const SOME_ADDRESS = { type: 'IPAddress', value: '192.0.2.1' } as const;

/** What the stored spec asks for. */
export interface StoredManifests {
  /** As provisioning applies them. */
  readonly manifests: readonly Manifest[];
  /** Names of Secrets that should be there and are not. */
  readonly missingSecrets: readonly string[];
}

/**
 * The manifests of a database's stored spec, with what is known of it now.
 * While its Gateway has no address, those that name the address are left out:
 * nobody can say what they should be.
 */
export async function readStoredManifests(
  kubernetes: KubernetesCluster,
  database: Pick<StoredDatabase, 'ref' | 'blueprint' | 'spec' | 'state'>,
  platform: Platform,
): Promise<StoredManifests> {
  const { ref, blueprint, spec } = database;
  const stages: Stage[] = blueprint.stages(spec, platform);
  const access = blueprint.access(spec);
  const { missingSecrets, ...observed } = await readObserved(
    kubernetes,
    ref.namespace,
    { stages, access },
  );
  const manifestsWith = (gatewayAddresses: typeof observed.gatewayAddresses) =>
    stages.flatMap(stage => stage.manifests({ ...observed, gatewayAddresses }));
  const all = manifestsWith(observed.gatewayAddresses);
  const addressless =
    observed.gatewayAddresses.length === 0 && awaitsAddress(access);
  const known = addressless
    ? all.filter(manifest =>
        manifestsWith([SOME_ADDRESS]).some(other =>
          isDeepStrictEqual(manifest, other),
        ),
      )
    : all;
  const namespace = await kubernetes.get(namespaceRef(ref.namespace));
  const specSha256 = namespace?.metadata.annotations?.[SPEC_SHA256_ANNOTATION];
  return {
    manifests: known.map(manifest =>
      asApplied(manifest, { ...database, specSha256 }),
    ),
    missingSecrets,
  };
}

/** With the labels, and on the Namespace its annotations, that provisioning adds. */
function asApplied(
  manifest: Manifest,
  {
    ref,
    spec,
    state,
    specSha256,
  }: Pick<StoredDatabase, 'ref' | 'spec' | 'state'> & { specSha256?: string },
): Manifest {
  const { kind, metadata } = manifest;
  const labels = {
    ...metadata.labels,
    [MANAGED_BY_LABEL]: MANAGER,
    [DATABASE_LABEL]: spec.name,
  };
  if (kind !== 'Namespace' || metadata.name !== ref.namespace) {
    return { ...manifest, metadata: { ...metadata, labels } };
  }
  const annotations = {
    ...metadata.annotations,
    [OWNER_ANNOTATION]: spec.owner,
    ...(specSha256 !== undefined && { [SPEC_SHA256_ANNOTATION]: specSha256 }),
    ...authoritiesAnnotation(spec.authorities),
    ...(state !== 'ready' && { [STATE_ANNOTATION]: state }),
  };
  return { ...manifest, metadata: { ...metadata, labels, annotations } };
}
