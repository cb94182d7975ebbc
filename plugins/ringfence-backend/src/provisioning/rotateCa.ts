import { ConflictError, InputError, NotFoundError } from '@backstage/errors';
import {
  type Authorities,
  type DatabaseSpec,
  type RotationStep,
} from '@ringfence/backstage-plugin-ringfence-common';
import {
  authoritiesOf,
  nextStep,
  stepDone,
  stepTaken,
  type Blueprint,
  type ObservationRecipe,
  type Operation,
  type Platform,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  authoritiesAnnotation,
  readAuthorities,
} from '../databases/storedAuthorities';
import { aboutObject, RefusedError } from './errors';
import { refuseFormerCertificates } from './formerCertificates';
import { markAnnotations } from './namespace';
import { namespaceRef } from './objects';
import { readObserved } from './observed';
import { refuseBrokenRing, waitForWholeRing } from './wholeRing';
import type { Run } from './Run';
import { waitForServed } from './served';
import { runStages } from './stages';

/** Each node is asked twice, which takes it a second or two. */
const LOOKED_JUST_NOW_MS = 15_000;

/** A database whose CA is rotated. */
export interface Rotated {
  readonly run: Run;
  readonly blueprint: Blueprint<any>;
  readonly spec: DatabaseSpec;
}

const DONE: Readonly<Record<RotationStep, string>> = {
  trust:
    'is made and trusted beside the former one. Have clients take the bundle anew; then take step "issue"',
  issue: 'signs. Clients that trust both go on; then take step "drop"',
  drop: 'is the only one that is trusted',
};

/** What a step leaves. */
interface Step {
  readonly authorities: Authorities;
  /** The CA that it takes the trust from. */
  readonly dropped: readonly number[];
  readonly isDone: boolean;
}

/**
 * What a step of the rotation comes to where the database stands.
 *
 * @throws RefusedError where another step is next, or it has no CA of its own
 */
export function takeStep(
  { blueprint, spec, run }: Rotated,
  step: RotationStep,
): Step {
  findRotation(blueprint, spec, run.name);
  const current = authoritiesOf(spec);
  const next = nextStep(current);
  if (next !== step && !stepDone(current, step)) {
    throw new RefusedError(
      `step: "${step}" of the rotation of the CA of database "${run.name}" cannot be taken yet`,
      { name: ConflictError.name, remedy: `Take step "${next}" first` },
    );
  }
  const authorities = stepTaken(current, step);
  const isDone = next !== step;
  const dropped = step === 'drop' && !isDone ? [authorities.signing - 1] : [];
  return { authorities, dropped, isDone };
}

/**
 * Takes a step of the rotation of a database's CA. How far it came is kept on
 * the Namespace before anything else is changed, so that a step that was stopped
 * goes on when it is asked for again, and a repair leads the same way.
 *
 * @returns what it came to, in a sentence
 * @throws RefusedError while a node is down, the ring disagrees, or another step is next
 */
export async function rotateCa(
  { run, blueprint, spec: before }: Rotated,
  step: RotationStep,
  platform: Platform,
): Promise<string> {
  const namespace = namespaceRef(run.ref.namespace);
  // Read again: whoever held the Lease may have been at it.
  const live = await run.kubernetes.get(namespace);
  if (!live) throw gone(run);
  const current = { ...before, authorities: readAuthorities(live) };
  const { authorities, dropped, isDone } = takeStep(
    { run, blueprint, spec: current },
    step,
  );
  const ca = `CA ${Math.max(...authorities.trusted)} of database "${run.name}"`;
  if (isDone) return `Nothing to do: ${ca} ${DONE[step]}`;
  const observation = blueprint.observation(current);
  // A step that was stopped may have nodes rolling still, which is no reason to refuse it.
  if (current.authorities?.step) await waitForWholeRing(run, observation);
  else await refuseBrokenRing(run, observation);
  const obsolete = dropped.flatMap(
    number =>
      findRotation(blueprint, current, run.name).obsolete?.(number) ?? [],
  );
  // One that was begun has nodes already that take the former CA no more.
  if (!current.authorities?.step) await refuseFormerCertificates(run, obsolete);
  const mark = (marked: Authorities) =>
    aboutObject(namespace, () =>
      markAnnotations(run, authoritiesAnnotation(marked)),
    );
  await mark({ ...authorities, step });

  const spec = { ...before, authorities };
  const rotation = findRotation(blueprint, spec, run.name);
  const stages = rotation.stages(platform);
  const access = blueprint.access(spec);
  run.observed = await readObserved(run.kubernetes, run.ref.namespace, {
    stages: blueprint.stages(spec, platform),
    access,
  });
  await runStages(run, stages, watchRing(run, observation));
  if (step === 'issue' && access.exposure !== 'none') {
    await waitForServed(run, access, observation, access.caSecret);
  }
  for (const ref of obsolete) {
    await aboutObject(ref, () => run.kubernetes.delete(ref));
    run.journal.record(ref, 'deleted');
  }
  await waitForWholeRing(run, observation);
  await mark(authorities);
  return `${ca} ${DONE[step]}`;
}

/** Looks at the ring before a stage, unless that was done just now. */
function watchRing(
  run: Run,
  observation: ObservationRecipe,
): () => Promise<void> {
  const now = () => run.clock.now().getTime();
  let lookedAt = now();
  return async () => {
    if (now() - lookedAt < LOOKED_JUST_NOW_MS) return;
    await waitForWholeRing(run, observation);
    lookedAt = now();
  };
}

/** @throws RefusedError where the database has no CA of its own */
function findRotation(
  blueprint: Blueprint<any>,
  spec: DatabaseSpec,
  name: string,
): Operation {
  const operations: Operation[] = blueprint.operations(spec);
  const rotation = operations.find(operation => operation.name === 'rotate-ca');
  if (rotation) return rotation;
  throw new RefusedError(
    `Database "${name}" has no CA of its own: its certificates are signed by an issuer of somebody else's`,
    {
      name: InputError.name,
      remedy: 'Ask those who run that issuer to rotate its CA',
    },
  );
}

function gone({ name, ref }: Run): RefusedError {
  return new RefusedError(
    `Namespace "${ref.namespace}" of database "${name}" is gone`,
    { name: NotFoundError.name },
  );
}
