import { isDeepStrictEqual } from 'node:util';
import { InputError } from '@backstage/errors';
import {
  databaseEntityRef,
  OWNER_ANNOTATION,
  SPEC_SHA256_ANNOTATION,
  STATE_ANNOTATION,
  stringifyDatabaseRef,
  type DatabaseSpec,
  type ProvisionOutcome,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  AccessRecipe,
  Blueprint,
  Platform,
  Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import { ZodError } from 'zod/v3';
import {
  authoritiesAnnotation,
  documentOf,
  withAuthorities,
} from '../databases/storedAuthorities';
import {
  readStoredSpec,
  specConfigMap,
  specSha256,
} from '../databases/storedSpec';
import { applyManifest } from './apply';
import { refuseAnotherDatabase, refuseImpossibleChange } from './changes';
import { claimNamespace, markState } from './namespace';
import { namespaceRef } from './objects';
import { prune } from './prune';
import { bindOwnRights } from './rights';
import type { Run } from './Run';
import { runStages } from './stages';
import { removeTeamCertificates } from './teamCertificates';

/** A spec that is known to be possible on its platform. */
export interface Admitted {
  readonly blueprint: Blueprint<any>;
  readonly spec: DatabaseSpec;
  readonly platform: Platform;
}

/**
 * Creates a database, completes it or brings it to a changed spec.
 *
 * @param takeLease - called once the Namespace is this database's
 */
export async function provision(
  run: Run,
  admitted: Admitted,
  takeLease: () => Promise<void>,
): Promise<ProvisionOutcome> {
  const { blueprint, platform } = admitted;
  await claimNamespace(
    run,
    admitted.spec,
    blueprint.stages(admitted.spec, platform),
  );
  await bindOwnRights(run);
  await takeLease();
  // Only now nobody else rotates its CA.
  const namespace = await run.kubernetes.get(namespaceRef(run.ref.namespace));
  const { spec } = withAuthorities(admitted, namespace);
  const stages: Stage[] = blueprint.stages(spec, platform);
  run.namespaceAnnotations = {
    [OWNER_ANNOTATION]: spec.owner,
    [SPEC_SHA256_ANNOTATION]: specSha256(spec),
    ...authoritiesAnnotation(spec.authorities),
  };
  await begin(run, blueprint, spec);
  // Its own store, which is what was asked for now, whoever has edited it since.
  await applyManifest(run, specConfigMap(spec), { force: true });
  const wanted = await runStages(run, stages);
  await prune(run, stages, wanted);
  const access = blueprint.access(spec);
  if (!access.clientCertificates) await removeTeamCertificates(run);
  await markState(run, 'ready');
  return outcome(run, access);
}

/** Compares with what is stored; a database that is as asked is not marked as being worked on. */
async function begin(
  run: Run,
  blueprint: Blueprint<any>,
  spec: DatabaseSpec,
): Promise<void> {
  const stored = await readStored(run, blueprint, spec);
  if (stored) {
    await refuseImpossibleChange(run.kubernetes, blueprint, stored, spec);
  }
  const namespace = await run.kubernetes.get(namespaceRef(spec.namespace));
  const state = namespace?.metadata.annotations?.[STATE_ANNOTATION];
  if (state || !isDeepStrictEqual(stored, documentOf(spec))) {
    await markState(run, 'provisioning');
  }
}

/** The stored spec, completed as the wanted one was, so that the two compare. */
async function readStored(
  run: Run,
  blueprint: Blueprint<any>,
  spec: DatabaseSpec,
): Promise<DatabaseSpec | undefined> {
  try {
    const stored = await readStoredSpec(run.kubernetes, spec.namespace);
    if (stored === undefined) return undefined;
    refuseAnotherDatabase(stored, spec);
    return blueprint.schema.parse(stored);
  } catch (error) {
    if (!(error instanceof InputError) && !(error instanceof ZodError)) {
      throw error;
    }
    run.emit({
      type: 'info',
      message: `The spec stored in namespace "${spec.namespace}" cannot be read and is written anew`,
    });
    return undefined;
  }
}

function outcome(run: Run, access: AccessRecipe): ProvisionOutcome {
  const { changed } = run.journal;
  const database = stringifyDatabaseRef(run.ref);
  return {
    database,
    entityRef: databaseEntityRef(run.ref),
    changed,
    gatewayAddresses: run.observed.gatewayAddresses.map(({ value }) => value),
    gatewayPorts: [...access.tlsPorts, ...access.plaintextPorts],
    summary: changed
      ? `Database "${run.name}" is ready in ${database}`
      : `Nothing to change: database "${run.name}" in ${database} is as asked`,
  };
}
