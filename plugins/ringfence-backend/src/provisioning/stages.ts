import type {
  Action,
  Observed,
  Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import { applyManifest } from './apply';
import { remedyFor, withContext } from './errors';
import { retried } from './guarded';
import { Narrator } from './Narrator';
import { identityOf, refOf } from './objects';
import { readCertificates } from './observed';
import type { Run } from './Run';
import { ensureSecret } from './secrets';
import { waitFor } from './waits';

/** What is known before any stage has run. */
export const NOTHING_OBSERVED: Observed = {
  gatewayAddresses: [],
  secretHashes: {},
};

/**
 * Runs the stages in order; what one finds out, the next ones know.
 *
 * @param before - awaited before each of them
 * @returns the identities of all objects that the stages want
 */
export async function runStages(
  run: Run,
  stages: readonly Stage[],
  before: () => Promise<void> = async () => {},
): Promise<Set<string>> {
  const wanted = new Set<string>();
  for (const [position, stage] of stages.entries()) {
    await before();
    run.emit({
      type: 'stage',
      stage: stage.title,
      index: position + 1,
      count: stages.length,
    });
    await runStage(run, stage, wanted);
  }
  return wanted;
}

async function runStage(run: Run, stage: Stage, wanted: Set<string>) {
  for (const recipe of stage.secrets ?? []) {
    const hash = await ensureSecret(run, recipe);
    if (hash) observe(run, { secretHashes: { [recipe.name]: hash } });
  }
  await observeCertificates(run, stage);
  for (const manifest of stage.manifests(run.observed)) {
    wanted.add(identityOf(refOf(manifest)));
    await applyManifest(run, manifest);
  }
  await concludeStage(run, stage);
}

/** What follows once the objects of a stage are as they should be: its actions and waits. */
export async function concludeStage(run: Run, stage: Stage): Promise<void> {
  const isFirst = (when?: string) => when === 'before-actions';
  for (const wait of stage.waits.filter(({ when }) => isFirst(when))) {
    observe(run, await waitFor(run, wait));
  }
  for (const action of stage.actions ?? []) await act(run, action);
  for (const wait of stage.waits.filter(({ when }) => !isFirst(when))) {
    observe(run, await waitFor(run, wait));
  }
}

/** Reads the certificates that the stage's manifests are made from. */
export async function observeCertificates(
  run: Run,
  stage: Stage,
): Promise<void> {
  const { namespace } = run.ref;
  observe(run, {
    certificates: await readCertificates(run.kubernetes, namespace, [stage]),
  });
}

async function act(run: Run, action: Action): Promise<void> {
  const scope = new AbortController();
  const signal = AbortSignal.any([run.signal, scope.signal]);
  const narrator = new Narrator(run, action.name, 'under way');
  // An action says nothing itself, and some take long.
  narrator.repeat(signal).catch(() => {});
  try {
    const message = await retried(run.ref.kubernetesCluster, run, () =>
      action.run(run.tools, run.signal),
    );
    run.journal.acted(message);
  } catch (error) {
    throw run.signal.aborted
      ? error
      : withContext(action.name, error, remedyFor(error));
  } finally {
    scope.abort();
  }
}

function observe(run: Run, found: Partial<Observed>): void {
  const { observed } = run;
  run.observed = {
    gatewayAddresses: found.gatewayAddresses ?? observed.gatewayAddresses,
    secretHashes: { ...observed.secretHashes, ...found.secretHashes },
    certificates: { ...observed.certificates, ...found.certificates },
  };
}
