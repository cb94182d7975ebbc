import { createHash } from 'node:crypto';
import type { LoggerService } from '@backstage/backend-plugin-api';
import {
  stringifyDatabaseRef,
  type DatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  KubernetesCluster,
  KubernetesObject,
  Manifest,
  ObjectRef,
  Platform,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { StoredDatabase } from '../databases/Databases';
import type { History } from '../history';
import type { ObjectSource } from '../observing/ObjectSource';
import { describeObject, identityOf, refOf } from '../provisioning/objects';
import { parseComparisons, type Comparisons } from './comparisons';
import { driftBetween } from './driftOf';
import { isAsApplied } from './isAsApplied';
import { readDriftWith, type ObjectDrift } from './readDrift';

/** From when on an object is compared again that has not changed: what admits and completes it may have. */
const BELIEVED_MS = 24 * 60 * 60_000;

/** What watches know of the objects of a Kubernetes cluster. */
export interface Watched extends Pick<ObjectSource, 'get'> {
  /**
   * Another text means that the object is another.
   *
   * @returns undefined where no watch tells; `absent` where there is no such object
   */
  versionOf(ref: ObjectRef): string | undefined;
}

/** Of these, what facts need is all that is needed here. */
const KNOWN_KINDS = ['Namespace', 'Gateway'];

export interface KnownDriftDeps {
  /** Where comparisons outlive the portal, and other replicas find them. */
  readonly history: Pick<History, 'readComparisons' | 'saveComparisons'>;
  readonly clock: () => Date;
  readonly logger: Pick<LoggerService, 'warn'>;
}

interface Comparing {
  readonly kubernetes: KubernetesCluster;
  readonly watched: Watched;
  readonly before: Comparisons;
  readonly after: Comparisons;
}

/**
 * Where objects differ from the manifests of the stored spec, found with as few
 * requests as can be: none for what watches tell and that looks as it was
 * applied, a GET of what no watch follows, and a dry run where neither can say.
 * What has not changed since it was compared is not compared again.
 */
export class KnownDrift {
  readonly #deps: KnownDriftDeps;

  constructor(deps: KnownDriftDeps) {
    this.#deps = deps;
  }

  /** @throws what reading it throws */
  async read(
    asked: KubernetesCluster,
    database: StoredDatabase,
    platform: Platform,
    watched: Watched,
  ): Promise<readonly ObjectDrift[]> {
    const kubernetes = remembering(asked);
    const before = await this.#load(database.ref);
    const after: Comparisons = new Map();
    const comparing = { kubernetes, watched, before, after };
    let kept = after;
    try {
      return await readDriftWith(
        knowing(kubernetes, watched),
        database,
        platform,
        manifest => this.#compare(manifest, comparing),
      );
    } catch (error) {
      // What was compared before is true still.
      kept = new Map([...before, ...after]);
      throw error;
    } finally {
      await this.#save(database.ref, before, kept);
    }
  }

  async #compare(
    manifest: Manifest,
    { kubernetes, watched, before, after }: Comparing,
  ): Promise<ObjectDrift> {
    const ref = refOf(manifest);
    const object = describeObject(ref);
    const known = watched.versionOf(ref);
    if (known === 'absent') return { object, drift: [{}] };
    const live = known === undefined ? await kubernetes.get(ref) : undefined;
    const version = known ?? versionOf(live);
    if (version === undefined) return { object, drift: [{}] };
    const identity = identityOf(ref);
    const fingerprint = fingerprintOf(manifest, version);
    const compared = before.get(identity);
    const now = this.#deps.clock().getTime();
    const serves =
      compared?.fingerprint === fingerprint && now - compared.at < BELIEVED_MS;
    const drift = serves
      ? compared.drift
      : await driftFound(manifest, { kubernetes, watched, live });
    const at = serves ? compared.at : now;
    after.set(identity, { fingerprint, drift, at });
    return { object, drift };
  }

  /** Without them, all is compared anew. */
  async #load(ref: DatabaseRef): Promise<Comparisons> {
    const { history } = this.#deps;
    const text = await history
      .readComparisons(ref)
      .catch(error => this.#warn('were not read', ref, error));
    return parseComparisons(text ?? '[]');
  }

  async #save(
    ref: DatabaseRef,
    before: Comparisons,
    after: Comparisons,
  ): Promise<void> {
    // The order is that in which answers came.
    const textOf = (it: Comparisons) => JSON.stringify([...it].sort());
    const text = textOf(after);
    if (text === textOf(before)) return;
    const { history, clock } = this.#deps;
    await history
      .saveComparisons(ref, text, clock())
      .catch(error => this.#warn('were not kept', ref, error));
  }

  #warn(what: string, ref: DatabaseRef, error: Error): undefined {
    const name = stringifyDatabaseRef(ref);
    this.#deps.logger.warn(`Comparisons ${what} ("${name}"): ${error.message}`);
    return undefined;
  }
}

/** Asks the API server no more than is needed to be certain. */
async function driftFound(
  manifest: Manifest,
  {
    kubernetes,
    watched,
    live,
  }: Pick<Comparing, 'kubernetes' | 'watched'> & {
    readonly live?: KubernetesObject;
  },
): Promise<ObjectDrift['drift']> {
  const ref = refOf(manifest);
  if (!live) {
    const seen = await watched.get(ref);
    if (seen.known && seen.value && isAsApplied(seen.value, manifest)) {
      return [];
    }
  }
  const whole = live ?? (await kubernetes.get(ref));
  if (!whole) return [{}];
  if (isAsApplied(whole, manifest)) return [];
  return driftBetween(kubernetes, whole, manifest);
}

/** The same Kubernetes cluster, not asked for what watches tell. */
function knowing(
  kubernetes: KubernetesCluster,
  watched: Watched,
): KubernetesCluster {
  return withGet(kubernetes, async ref => {
    const fact = KNOWN_KINDS.includes(ref.kind)
      ? await watched.get(ref)
      : undefined;
    return fact?.known ? fact.value : kubernetes.get(ref);
  });
}

/** The same Kubernetes cluster, asked once for each object. */
function remembering(kubernetes: KubernetesCluster): KubernetesCluster {
  const answers = new Map<string, ReturnType<KubernetesCluster['get']>>();
  return withGet(kubernetes, ref => {
    const identity = identityOf(ref);
    const answer = answers.get(identity) ?? kubernetes.get(ref);
    answers.set(identity, answer);
    return answer;
  });
}

function withGet(
  kubernetes: KubernetesCluster,
  get: KubernetesCluster['get'],
): KubernetesCluster {
  return new Proxy(kubernetes, {
    get(target, name) {
      if (name === 'get') return get;
      const value = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function versionOf(live: KubernetesObject | undefined): string | undefined {
  return live && `${live.metadata.uid} ${live.metadata.resourceVersion}`;
}

function fingerprintOf(manifest: Manifest, version: string): string {
  return createHash('sha256')
    .update(`${version}\n${JSON.stringify(manifest)}`)
    .digest('base64');
}
