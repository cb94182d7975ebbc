import { ConflictError, NotFoundError } from '@backstage/errors';
import {
  databaseEntityRef,
  STATE_ANNOTATION,
  stringifyDatabaseRef,
  type DatabaseRef,
  type ProvisionOutcome,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  AccessRecipe,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { BlueprintRegistry, ParsedSpec } from '../blueprints';
import { readStoredSpec } from '../databases/storedSpec';
import type {
  KubernetesClusters,
  UsableKubernetesCluster,
} from '../kubernetes/KubernetesClusters';
import { findNamespace } from './decommission';
import { RefusedError } from './errors';
import type { Run } from './Run';
import type { CreateTools, Session } from './Session';

const WORDS: Readonly<Record<string, string>> = {
  provisioning: 'has not been provisioned to its end',
  decommissioning: 'is being decommissioned',
  retained: 'is decommissioned, its volumes are kept',
};

/** A database that is there, and a run on it. */
export interface Operated extends ParsedSpec {
  readonly run: Run;
  readonly entry: UsableKubernetesCluster;
}

/** A change to a database that is there; its spec stays as it is. */
export interface Operation {
  /** Throws where it cannot be done; called before anything is changed. */
  check?(operated: Operated): void;
  /** @returns what it came to, in a sentence */
  run(operated: Operated): Promise<string>;
}

/**
 * Runs an operation on a database, under the same Lease as provisioning.
 *
 * @throws RefusedError where the database is not there to its end
 */
export async function operate(
  deps: {
    readonly clusters: KubernetesClusters;
    readonly blueprints: BlueprintRegistry;
    readonly createTools: CreateTools;
  },
  session: Session,
  ref: DatabaseRef,
  operation: Operation,
): Promise<ProvisionOutcome> {
  const entry = deps.clusters.get(ref.kubernetesCluster);
  const kubernetes = session.guarded(entry.kubernetes);
  const { namespace, name } = await findNamespace(kubernetes, ref);
  refuseUnlessReady(namespace, name);
  const stored = await readStoredSpec(kubernetes, ref.namespace);
  if (stored === undefined) throw noSpec(ref, name);
  const parsed = deps.blueprints.parse(stored);
  const run = session.createRun(
    { ref, name },
    entry.kubernetes,
    deps.createTools,
  );
  const operated = { ...parsed, run, entry: { ...entry, kubernetes } };
  operation.check?.(operated);
  await session.takeLease(run, entry.kubernetes);
  const summary = await operation.run(operated);
  const access: AccessRecipe = parsed.blueprint.access(parsed.spec);
  return {
    database: stringifyDatabaseRef(ref),
    entityRef: databaseEntityRef(ref),
    changed: run.journal.changed,
    gatewayAddresses: run.observed.gatewayAddresses.map(({ value }) => value),
    gatewayPorts: [...access.tlsPorts, ...access.plaintextPorts],
    summary,
  };
}

function refuseUnlessReady({ metadata }: KubernetesObject, name: string): void {
  const state = metadata.deletionTimestamp
    ? 'decommissioning'
    : metadata.annotations?.[STATE_ANNOTATION];
  if (!state) return;
  throw new RefusedError(
    `Database "${name}" ${WORDS[state] ?? `is in state "${state}"`}`,
    {
      name: ConflictError.name,
      remedy: 'Provision it with its spec first',
    },
  );
}

function noSpec(ref: DatabaseRef, name: string): RefusedError {
  return new RefusedError(
    `Database "${name}" in "${stringifyDatabaseRef(ref)}" has no stored spec`,
    { name: NotFoundError.name, remedy: 'Provision it again to write one' },
  );
}
