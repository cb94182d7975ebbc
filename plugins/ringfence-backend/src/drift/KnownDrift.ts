import { createHash } from 'node:crypto';
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
import type { ObjectSource } from '../observing/ObjectSource';
import { describeObject, identityOf, refOf } from '../provisioning/objects';
import { driftBetween, driftOf } from './driftOf';
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

interface Compared {
  /** Of the object and of its manifest. */
  readonly fingerprint: string;
  readonly drift: ObjectDrift['drift'];
  readonly at: number;
}

type Memory = Map<string, Compared>;

interface Comparing {
  readonly kubernetes: KubernetesCluster;
  readonly watched: Watched;
  readonly before: Memory;
  readonly after: Memory;
}

/**
 * Where objects differ from the manifests of the stored spec, found with as few
 * requests as can be: a dry run of what has changed since the last one, and a
 * GET of what no watch follows.
 */
export class KnownDrift {
  readonly #clock: () => Date;
  readonly #memories = new Map<string, Memory>();

  constructor(clock: () => Date) {
    this.#clock = clock;
  }

  /** @throws what reading it throws */
  async read(
    kubernetes: KubernetesCluster,
    database: StoredDatabase,
    platform: Platform,
    watched: Watched,
  ): Promise<readonly ObjectDrift[]> {
    const key = stringifyDatabaseRef(database.ref);
    const before = this.#memories.get(key) ?? new Map();
    const after: Memory = new Map();
    const comparing = { kubernetes, watched, before, after };
    try {
      return await readDriftWith(
        knowing(kubernetes, watched),
        database,
        platform,
        manifest => this.#compare(manifest, comparing),
      );
    } finally {
      // Where it failed, what was compared before is true still.
      this.#memories.set(key, after.size > 0 ? after : before);
    }
  }

  /** For databases that are gone. */
  retain(isThere: (ref: DatabaseRef) => boolean): void {
    for (const key of this.#memories.keys()) {
      const [kubernetesCluster, namespace] = key.split('/');
      if (!isThere({ kubernetesCluster, namespace })) {
        this.#memories.delete(key);
      }
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
    const now = this.#clock().getTime();
    const serves =
      compared?.fingerprint === fingerprint && now - compared.at < BELIEVED_MS;
    const drift = serves
      ? compared.drift
      : await (live
          ? driftBetween(kubernetes, live, manifest)
          : driftOf(kubernetes, manifest));
    const at = serves ? compared.at : now;
    after.set(identity, { fingerprint, drift, at });
    return { object, drift };
  }
}

/** The same Kubernetes cluster, not asked for what watches tell. */
function knowing(
  kubernetes: KubernetesCluster,
  watched: Watched,
): KubernetesCluster {
  const get = async (ref: ObjectRef) => {
    const fact = KNOWN_KINDS.includes(ref.kind)
      ? await watched.get(ref)
      : undefined;
    return fact?.known ? fact.value : kubernetes.get(ref);
  };
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
