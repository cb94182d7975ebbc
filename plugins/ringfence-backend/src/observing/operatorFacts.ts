import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  Fact,
  Facts,
  KubernetesCluster,
  KubernetesObject,
  NamedStoreFacts,
  OperatorRecipe,
  SecretKeyRef,
  StoreRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import { look, notKnown, type Clock } from './look';
import { maskPasswords } from './maskPasswords';
import type { ObjectSource } from './ObjectSource';
import { openStore } from './storeContent';

/** Somebody may have written into a Secret. */
const OPEN_MAX_AGE_MS = 10 * 60_000;
/** Of what is not as it should be: it may have been mended. */
const AMISS_MAX_AGE_MS = 30_000;

type Stores = Fact<readonly NamedStoreFacts[]>;

interface Kept {
  readonly signature: string;
  readonly readAt: number;
  readonly reading: Promise<Stores>;
  maxAgeMs: number;
  /** Absent: it is being read for the first time. */
  fact?: Stores;
}

/** Where one database's operators write, and where its stores are. */
export interface OperatorTarget {
  readonly kubernetes: KubernetesCluster;
  readonly source: ObjectSource;
  readonly namespace: string;
  readonly recipe: OperatorRecipe;
  /** Changes with the certificates: what was read of stores before is of others then. */
  readonly version: string;
  /** Reads the stores anew. */
  readonly refresh: boolean;
  /** Waits for stores that are not known; else they are read later. */
  readonly wait: boolean;
}

export interface OperatorReaderOptions {
  readonly clock: Clock;
  /** Called with a database of whose stores more is known now that nobody waited for. */
  readonly onRead?: (ref: DatabaseRef) => void;
}

/**
 * What operators say of databases, and the stores that they name. Secrets are
 * read one by one, and again when a certificate changes or some time has passed;
 * where nobody waits, one database's after the other's.
 */
export class OperatorReader {
  readonly #options: OperatorReaderOptions;
  readonly #kept = new Map<string, Kept>();
  /** By Kubernetes cluster: ends with what is to be read later. */
  readonly #later = new Map<string, Promise<unknown>>();
  readonly #waiting = new Set<string>();

  constructor(options: OperatorReaderOptions) {
    this.#options = options;
  }

  async read(target: OperatorTarget): Promise<NonNullable<Facts['operator']>> {
    const { source, recipe } = target;
    const objects = masked(
      await Promise.all(recipe.objects.map(ref => source.get(ref))),
    );
    if (!objects.known) return { objects, stores: objects };
    const refs = recipe.stores(objects.value);
    return { objects, stores: await this.#stores(target, refs) };
  }

  /** For databases that are gone. */
  retain(isThere: (ref: DatabaseRef) => boolean): void {
    for (const key of this.#kept.keys()) {
      const [kubernetesCluster, namespace] = key.split('/');
      if (!isThere({ kubernetesCluster, namespace })) this.#kept.delete(key);
    }
  }

  #stores(target: OperatorTarget, refs: readonly StoreRef[]): Promise<Stores> {
    const { version, refresh, wait } = target;
    const { clock } = this.#options;
    const signature = JSON.stringify([refs, version]);
    const kept = this.#kept.get(keyOf(target));
    const isSame = kept?.signature === signature;
    const ageMs = clock().getTime() - (kept?.readAt ?? 0);
    const serves = isSame && ageMs <= kept.maxAgeMs;
    if (refresh || (wait && !serves)) {
      return this.#read(target, refs, signature);
    }
    if (wait && kept) return kept.reading;
    if (!serves) this.#readLater(target, refs, signature);
    const fact = isSame ? kept.fact : undefined;
    return Promise.resolve(fact ?? notKnown('Not looked at yet', clock()));
  }

  #read(
    target: OperatorTarget,
    refs: readonly StoreRef[],
    signature: string,
  ): Promise<Stores> {
    const { clock } = this.#options;
    const key = keyOf(target);
    const before = this.#kept.get(key);
    const entry: Kept = {
      signature,
      readAt: clock().getTime(),
      maxAgeMs: OPEN_MAX_AGE_MS,
      fact: before?.signature === signature ? before.fact : undefined,
      reading: look(clock, () => readStores(target, refs)).then(fact => {
        const isWell =
          fact.known && fact.value.every(({ state }) => state === 'open');
        if (!isWell) entry.maxAgeMs = AMISS_MAX_AGE_MS;
        entry.fact = fact;
        return fact;
      }),
    };
    this.#kept.set(key, entry);
    return entry.reading;
  }

  #readLater(
    target: OperatorTarget,
    refs: readonly StoreRef[],
    signature: string,
  ): void {
    const key = keyOf(target);
    if (this.#waiting.has(key)) return;
    this.#waiting.add(key);
    const { name } = target.kubernetes;
    const before = this.#later.get(name) ?? Promise.resolve();
    const reading = before.then(async () => {
      this.#waiting.delete(key);
      await this.#read(target, refs, signature);
      const { namespace } = target;
      this.#options.onRead?.({ kubernetesCluster: name, namespace });
    });
    this.#later.set(name, reading);
  }
}

function keyOf({ kubernetes, namespace }: OperatorTarget): string {
  return `${kubernetes.name}/${namespace}`;
}

function masked(
  facts: ReadonlyArray<Fact<KubernetesObject | undefined>>,
): Fact<readonly KubernetesObject[]> {
  const objects: KubernetesObject[] = [];
  let at = facts[0]?.at ?? new Date();
  for (const fact of facts) {
    if (!fact.known) return fact;
    if (fact.value) objects.push(maskPasswords(fact.value));
    if (fact.at < at) at = fact.at;
  }
  return { known: true, value: objects, at };
}

async function readStores(
  { kubernetes, namespace }: OperatorTarget,
  refs: readonly StoreRef[],
): Promise<NamedStoreFacts[]> {
  const secrets = new Map<string, Promise<KubernetesObject | undefined>>();
  const secretOf = (name: string) => {
    const reading =
      secrets.get(name) ??
      kubernetes.get({ apiVersion: 'v1', kind: 'Secret', namespace, name });
    secrets.set(name, reading);
    return reading;
  };
  return Promise.all(refs.map(ref => readStore(ref, secretOf)));
}

async function readStore(
  ref: StoreRef,
  secretOf: (name: string) => Promise<KubernetesObject | undefined>,
): Promise<NamedStoreFacts> {
  const is = (state: NamedStoreFacts['state']): NamedStoreFacts => ({
    ref,
    state,
    certificatesPem: '',
    hasKey: false,
  });
  const secret = await secretOf(ref.secret);
  if (!secret) return is('no secret');
  const bytes = bytesOf(secret, ref.key);
  if (!bytes) return is('no key');
  const writtenAt = writtenAtOf(secret, ref);
  const since = writtenAt ? { writtenAt } : {};
  if (!ref.password) return { ...is('open'), ...since };
  const password = bytesOf(
    await secretOf(ref.password.secret),
    ref.password.key,
  );
  if (!password) return { ...is('no password'), ...since };
  const content = await openStore(bytes, password.toString('utf8'));
  return content
    ? { ref, state: 'open', ...content, ...since }
    : { ...is('closed'), ...since };
}

function bytesOf(
  secret: KubernetesObject | undefined,
  key: string,
): Buffer | undefined {
  const text = secret?.data?.[key];
  return text ? Buffer.from(text, 'base64') : undefined;
}

/** When whoever wrote the key last wrote into the Secret. */
function writtenAtOf(
  { metadata }: KubernetesObject,
  { key }: SecretKeyRef,
): Date | undefined {
  const times = (metadata.managedFields ?? [])
    .filter(({ fieldsV1 }) => fieldsV1?.['f:data']?.[`f:${key}`])
    .flatMap(({ time }) => (time ? [new Date(time).getTime()] : []));
  return times.length > 0 ? new Date(Math.max(...times)) : undefined;
}
