import { isDeepStrictEqual } from 'node:util';
import { NotAllowedError, isError } from '@backstage/errors';
import type {
  DatabaseTools,
  KubernetesCluster,
  KubernetesObject,
  Login,
  ObjectRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import { FreshCache } from '../FreshCache';
import type { Clock } from '../look';
import type { KeptSecrets } from './KeptSecrets';

/** A wrong password shows by itself: it is refused, and read anew then. */
const LOGIN_MAX_AGE_MS = 6 * 60 * 60_000;
/** Of anything else that probes read, and of what is not there. */
const OTHER_MAX_AGE_MS = 10 * 60_000;
const MISSING_MAX_AGE_MS = 20_000;
/** Where a password that is refused was the right one, it is not read anew for so long. */
const DOUBT_EVERY_MS = 10 * 60_000;
/** A younger one need not be read anew. */
const YOUNG_MS = 10_000;
/** Of no use to probes, but for the portal's own. */
const PRIVATE_KEY = 'tls.key';

type Read = { readonly object?: KubernetesObject; readonly at: number };

export interface KeptLoginsOptions {
  readonly clock: Clock;
  /** Where public parts of Secrets are known from already. */
  readonly publicParts: Pick<KeptSecrets, 'find'>;
}

/**
 * The Secrets that probes need, each read once for many probes and kept without
 * its private key unless that is the portal's own.
 */
export class KeptLogins {
  readonly #kubernetes: KubernetesCluster;
  readonly #options: KeptLoginsOptions;
  readonly #secrets: FreshCache<Read>;
  readonly #doubtedAt = new Map<string, number>();
  readonly #withKeys = new Set<string>();
  /** The same Kubernetes cluster, with those Secrets. */
  readonly kubernetes: KubernetesCluster;

  constructor(kubernetes: KubernetesCluster, options: KeptLoginsOptions) {
    const { clock } = options;
    this.#kubernetes = kubernetes;
    this.#options = options;
    this.#secrets = new FreshCache({ maxAgeMs: maxAgeOf, clock });
    this.kubernetes = this.#keeping();
  }

  /** Names a Secret whose private key probes show themselves with. */
  keepKeyOf(where: { readonly namespace: string; readonly name: string }) {
    const key = keyOf(where);
    if (this.#withKeys.has(key)) return;
    this.#withKeys.add(key);
    this.#secrets.drop(key);
  }

  /** Tools that try a login again with its password read anew where it is refused. */
  doubting(tools: DatabaseTools): DatabaseTools {
    const isOutdated = (login: Login) => this.#isOutdated(tools, login);
    return {
      ...tools,
      async tryLogin(login, ...rest) {
        const result = await tools.tryLogin(login, ...rest);
        const isRefused = result.outcome === 'refused';
        return isRefused && (await isOutdated(login))
          ? tools.tryLogin(login, ...rest)
          : result;
      },
      async cql(login, via) {
        try {
          return await tools.cql(login, via);
        } catch (error) {
          const isRefused =
            isError(error) && error.name === NotAllowedError.name;
          if (isRefused && (await isOutdated(login))) {
            return tools.cql(login, via);
          }
          throw error;
        }
      },
    };
  }

  /** For databases that are gone. */
  retain(isThere: (namespace: string) => boolean): void {
    const isGone = (key: string) => !isThere(key.split('/')[0]);
    this.#secrets.dropAll(isGone);
    for (const known of [this.#doubtedAt, this.#withKeys]) {
      for (const key of known.keys()) {
        if (isGone(key)) known.delete(key);
      }
    }
  }

  /** Whether a login that was refused is another by now; reads it anew for that, if not too often. */
  async #isOutdated(
    { database }: DatabaseTools,
    login: Login,
  ): Promise<boolean> {
    if (typeof login === 'string' || !('secret' in login)) return false;
    const ref = {
      apiVersion: 'v1',
      kind: 'Secret',
      namespace: database.namespace,
      name: login.secret,
    };
    const key = keyOf(ref);
    const now = this.#options.clock().getTime();
    const doubtedAt = this.#doubtedAt.get(key) ?? -Infinity;
    if (now - doubtedAt < DOUBT_EVERY_MS) return false;
    const before = await this.#read(ref);
    if (now - before.at < YOUNG_MS) return false;
    const after = await this.#read(ref, { refresh: true });
    const isSame = isDeepStrictEqual(before.object?.data, after.object?.data);
    if (isSame) this.#doubtedAt.set(key, now);
    return !isSame;
  }

  async #get(ref: ObjectRef): Promise<KubernetesObject | undefined> {
    const known = this.#withKeys.has(keyOf(ref))
      ? undefined
      : this.#publicPart(ref);
    return known ?? (await this.#read(ref)).object;
  }

  #read(ref: ObjectRef, options?: { refresh: boolean }): Promise<Read> {
    const read = async () => {
      const secret = await this.#kubernetes.get(ref);
      const keepsKey = this.#withKeys.has(keyOf(ref));
      const object = keepsKey ? secret : withoutKey(secret);
      return { object, at: this.#options.clock().getTime() };
    };
    return this.#secrets.get(keyOf(ref), read, options);
  }

  /** As old as its Certificate's revision, unlike what would be kept here. */
  #publicPart({ namespace = '', name }: ObjectRef) {
    const { publicParts } = this.#options;
    const where = { namespace, name };
    const known = publicParts.find(this.#kubernetes.name, where);
    if (!known) return undefined;
    const { certificatePem, caPem } = known;
    return {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: where,
      data: {
        'tls.crt': base64(certificatePem),
        ...(caPem && { 'ca.crt': base64(caPem) }),
      },
    };
  }

  #keeping(): KubernetesCluster {
    const kubernetes = this.#kubernetes;
    return {
      name: kubernetes.name,
      simulated: kubernetes.simulated,
      discover: () => kubernetes.discover(),
      apply: (...args) => kubernetes.apply(...args),
      create: (...args) => kubernetes.create(...args),
      updateStatus: object => kubernetes.updateStatus(object),
      get: ref =>
        ref.kind === 'Secret' ? this.#get(ref) : kubernetes.get(ref),
      list: selector => kubernetes.list(selector),
      watch: (...args) => kubernetes.watch(...args),
      delete: (...args) => kubernetes.delete(...args),
      exec: (...args) => kubernetes.exec(...args),
      portForward: (...args) => kubernetes.portForward(...args),
    };
  }
}

function maxAgeOf({ object }: Read): number {
  if (!object) return MISSING_MAX_AGE_MS;
  return object.data?.password ? LOGIN_MAX_AGE_MS : OTHER_MAX_AGE_MS;
}

function withoutKey(
  secret: KubernetesObject | undefined,
): KubernetesObject | undefined {
  if (!secret?.data) return secret;
  const { [PRIVATE_KEY]: _unused, ...data } = secret.data;
  return { ...secret, data };
}

function keyOf({
  namespace,
  name,
}: Pick<ObjectRef, 'namespace' | 'name'>): string {
  return `${namespace}/${name}`;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
