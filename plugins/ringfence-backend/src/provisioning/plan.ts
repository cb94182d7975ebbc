import { InputError } from '@backstage/errors';
import {
  SPEC_SHA256_ANNOTATION,
  type DatabaseSpec,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  AccessRecipe,
  GatewayAddress,
  KubernetesCluster,
  Manifest,
  Observed,
  Plan,
  Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  authoritiesAnnotation,
  withAuthorities,
} from '../databases/storedAuthorities';
import { specConfigMap, specSha256 } from '../databases/storedSpec';
import { aboutObject } from './errors';
import { refuseForeignNamespace } from './namespace';
import { namespaceRef, withOwnLabels } from './objects';
import { awaitsAddress, readObserved } from './observed';
import type { Admitted } from './provision';

/** From TEST-NET-1, which no one uses: it stands for an address that the Gateway does not have yet. @see RFC 5737 */
const PLACEHOLDER_ADDRESS: GatewayAddress = {
  type: 'IPAddress',
  value: '192.0.2.1',
};
const PLACEHOLDER_HASH = '0'.repeat(64);

/**
 * What provisioning would apply, checked as far as that is possible without
 * changing anything.
 *
 * @throws RefusedError where the namespace is someone else's
 * @throws ProvisioningError where the API server would refuse a manifest
 */
export async function plan(
  kubernetes: KubernetesCluster,
  admitted: Admitted & { notes: readonly string[] },
): Promise<Plan> {
  const { platform } = admitted;
  const name = namespaceRef(admitted.spec.namespace);
  const namespace = await kubernetes.get(name);
  if (namespace) refuseForeignNamespace(namespace, admitted.spec);
  const { blueprint, spec } = withAuthorities(admitted, namespace);
  const stages: Stage[] = blueprint.stages(spec, platform);
  const notes = [...admitted.notes];
  const observed = await observe(kubernetes, spec.namespace, {
    exists: namespace !== undefined,
    access: blueprint.access(spec),
    stages,
    notes,
  });
  const planned = stages.map(stage => describeStage(stage, spec, observed));
  const manifests = planned.flatMap(stage => stage.manifests);
  const checkedBy = await check(
    kubernetes,
    [specConfigMap(spec), ...manifests],
    {
      namespace: spec.namespace,
      exists: namespace !== undefined,
      scratch: platform.defaults.scratchNamespace,
    },
  );
  return { checkedBy, stages: planned, notes };
}

function describeStage(
  stage: Stage,
  spec: DatabaseSpec,
  observed: Observed,
): Plan['stages'][number] {
  return {
    name: stage.name,
    title: stage.title,
    manifests: stage
      .manifests(observed)
      .map(manifest => asApplied(manifest, spec)),
    secrets: (stage.secrets ?? []).map(({ name }) => name),
    actions: (stage.actions ?? []).map(({ name }) => name),
    waits: stage.waits.map(({ name }) => name),
  };
}

/** The manifest with our labels; the database's Namespace says which spec it has, too. */
function asApplied(manifest: Manifest, spec: DatabaseSpec): Manifest {
  const labelled = withOwnLabels(manifest, spec.name);
  const { kind, metadata } = labelled;
  if (kind !== 'Namespace' || metadata.name !== spec.namespace) return labelled;
  const annotations = {
    ...metadata.annotations,
    [SPEC_SHA256_ANNOTATION]: specSha256(spec),
    ...authoritiesAnnotation(spec.authorities),
  };
  return { ...labelled, metadata: { ...metadata, annotations } };
}

/** What is there already, and placeholders that the notes own up to. */
async function observe(
  kubernetes: KubernetesCluster,
  namespace: string,
  options: {
    exists: boolean;
    access: AccessRecipe;
    stages: readonly Stage[];
    notes: string[];
  },
): Promise<Observed> {
  const { exists, access, stages, notes } = options;
  // In a namespace that is not there yet, Ringfence may not even ask for a Secret.
  const found = exists
    ? await readObserved(kubernetes, namespace, { stages, access })
    : undefined;
  const live = found?.gatewayAddresses ?? [];
  const unknownAddress = live.length === 0 && awaitsAddress(access);
  if (unknownAddress) {
    notes.push(
      `${PLACEHOLDER_ADDRESS.value} stands for the Gateway's address, which is not known before it exists`,
    );
  }
  const names = stages
    .flatMap(stage => stage.secrets ?? [])
    .map(({ name }) => name);
  const secretHashes = Object.fromEntries(
    names.map(name => [name, found?.secretHashes[name] ?? PLACEHOLDER_HASH]),
  );
  const missing = names.filter(name => secretHashes[name] === PLACEHOLDER_HASH);
  if (missing.length > 0) {
    notes.push(
      `Secrets ${missing.join(
        ', ',
      )} are generated when it is provisioned; a hash of zeros stands for theirs`,
    );
  }
  return {
    certificates: found?.certificates ?? {},
    gatewayAddresses: unknownAddress ? [PLACEHOLDER_ADDRESS] : live,
    secretHashes,
  };
}

async function check(
  kubernetes: KubernetesCluster,
  manifests: readonly Manifest[],
  where: { namespace: string; exists: boolean; scratch?: string },
): Promise<string> {
  const { namespace, exists, scratch } = where;
  const target = exists ? namespace : scratch;
  if (!target) {
    return `the manifests' schemas only: namespace "${namespace}" is not there yet and no scratch namespace is configured`;
  }
  for (const manifest of manifests) {
    await dryRun(kubernetes, moved(manifest, namespace, target));
  }
  return exists
    ? `server-side dry run in namespace "${namespace}"`
    : `server-side dry run in scratch namespace "${scratch}"`;
}

/** A Namespace stays itself: dry-running it under its own name changes nothing. */
function moved(manifest: Manifest, from: string, to: string): Manifest {
  if (manifest.metadata.namespace !== from) return manifest;
  return { ...manifest, metadata: { ...manifest.metadata, namespace: to } };
}

async function dryRun(
  kubernetes: KubernetesCluster,
  manifest: Manifest,
): Promise<void> {
  await aboutObject(manifestRef(manifest), () =>
    kubernetes.apply(manifest, { dryRun: true }),
  );
}

function manifestRef({ apiVersion, kind, metadata }: Manifest) {
  const { name, namespace } = metadata;
  if (!name) throw new InputError(`A ${kind} in this plan has no name`);
  return { apiVersion, kind, name, namespace };
}
