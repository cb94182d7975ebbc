import { ConflictError } from '@backstage/errors';
import {
  nodetoolLike,
  parseNodetoolStatus,
  podsWanted,
  UP_AND_NORMAL,
  type KubernetesObject,
  type ObservationRecipe,
} from '@ringfence/backstage-plugin-ringfence-node';
import { RefusedError } from './errors';
import type { Run } from './Run';
import { waitFor } from './waits';

/** Nodes that have just started again are seen as such by the others within seconds; on a busy machine, later. */
const WHOLE_WITHIN_MS = 5 * 60_000;

type Recipe = Pick<
  ObservationRecipe,
  | 'podLabels'
  | 'container'
  | 'replicas'
  | 'ringCommand'
  | 'statefulSet'
  | 'statefulSets'
>;

/** @throws RefusedError while a node is down or the nodes disagree */
export async function refuseBrokenRing(
  run: Run,
  recipe: Recipe,
): Promise<void> {
  const trouble = await ringTrouble(run, recipe);
  if (trouble === undefined) return;
  throw new RefusedError(`The ring of database "${run.name}": ${trouble}`, {
    name: ConflictError.name,
    remedy: `Have every node up first: ${remedyOf(run, recipe)}`,
  });
}

/** Waits until every node is up and all agree. @throws ProvisioningError where that takes too long */
export async function waitForWholeRing(
  run: Run,
  recipe: Recipe,
): Promise<void> {
  await waitFor(run, {
    kind: 'probe',
    name: `All ${recipe.replicas} nodes are up and agree`,
    timeoutMs: WHOLE_WITHIN_MS,
    everyMs: 2000,
    remedy: remedyOf(run, recipe),
    async probe() {
      const why = await ringTrouble(run, recipe);
      return why === undefined
        ? { state: 'done', message: `${recipe.replicas} nodes` }
        : { state: 'waiting', why };
    },
  });
}

function remedyOf({ ref }: Run, { container }: Recipe): string {
  return `kubectl get pods -n ${ref.namespace}; kubectl exec -n ${ref.namespace} <pod> -c ${container} -- nodetool status`;
}

/** What is wrong with the ring, as each of its nodes sees it; undefined where nothing is. */
async function ringTrouble(
  run: Run,
  recipe: Recipe,
): Promise<string | undefined> {
  const { podLabels, ringCommand } = recipe;
  const wanted = podsWanted(recipe);
  const found = await run.kubernetes.list({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: run.ref.namespace,
    labels: podLabels,
  });
  const pods = found.filter(({ metadata }) => !metadata.deletionTimestamp);
  const ready = pods.filter(isReady);
  if (ready.length !== wanted || pods.length !== wanted) {
    return `${ready.length} of ${wanted} pods are ready`;
  }
  if (!ringCommand) return undefined;
  const seen = await Promise.all(
    ready.map(({ metadata }) => look(run, recipe, metadata.name)),
  );
  const trouble = seen.find(({ why }) => why);
  if (trouble) return trouble.why;
  const schemas = new Set(seen.flatMap(({ versions }) => versions));
  return schemas.size === 1
    ? undefined
    : `its nodes have ${schemas.size} versions of the schema`;
}

/** What one node sees of the others. */
async function look(
  { tools }: Run,
  { container, replicas, ringCommand = [] }: Recipe,
  pod: string,
): Promise<{ why?: string; versions: readonly string[] }> {
  const [status, schema] = await Promise.all([
    tools.exec({ pod, container }, ringCommand),
    tools.exec(
      { pod, container },
      nodetoolLike(ringCommand, 'describecluster'),
    ),
  ]);
  const trouble = statusTrouble(status.stdout, replicas);
  if (trouble) return { why: `pod "${pod}" sees ${trouble}`, versions: [] };
  const versions = schemaVersions(schema.stdout);
  if (versions.length > 0) return { versions };
  return { why: `pod "${pod}" does not say which schema it has`, versions };
}

function isReady({ status }: KubernetesObject): boolean {
  return (status?.conditions ?? []).some(
    ({ type, status: value }: { type: string; status: string }) =>
      type === 'Ready' && value === 'True',
  );
}

function statusTrouble(stdout: string, replicas: number): string | undefined {
  const nodes = parseNodetoolStatus(stdout);
  const up = nodes.filter(({ state }) => state === UP_AND_NORMAL);
  if (up.length === replicas && nodes.length === replicas) return undefined;
  const states = nodes.map(({ address, state }) => `${address} ${state}`);
  return `${up.length} of ${replicas} nodes up and normal (${
    states.join(', ') || 'none'
  })`;
}

/**
 * The versions that `nodetool describecluster` lists, `UNREACHABLE` among them.
 *
 * ```text
 * Schema versions:
 *     54e17321-3f2e-37ca-9b08-d91ba7bdd369: [10.0.0.1, 10.0.0.2]
 * ```
 */
function schemaVersions(stdout: string): string[] {
  return [...stdout.matchAll(/^\s+([0-9a-f-]{36}|UNREACHABLE): \[/gm)].map(
    ([, version]) => version,
  );
}
