import type {
  Fact,
  KubernetesCluster,
  KubernetesObject,
  PublicCertificates,
} from '@ringfence/backstage-plugin-ringfence-node';
import { readPublicCertificates, type PublicSecrets } from '../certificates';
import { FreshCache } from '../FreshCache';
import { look, type Clock } from '../look';

/** Somebody may have written into a Secret past cert-manager. */
const PUBLIC_MAX_AGE_MS = 6 * 60 * 60_000;
/** Of what could not be read, or was not there. */
const MISSING_MAX_AGE_MS = 60_000;
/** Logins that probes try: a changed password is a failing login for no longer. */
const CREDENTIALS_MAX_AGE_MS = 10 * 60_000;
/** Of no use to any probe. */
const PRIVATE_KEY = 'tls.key';

interface Kept {
  readonly version: string;
  readonly readAt: number;
  readonly fact: Promise<Fact<PublicCertificates | undefined>>;
  isMissing: boolean;
}

/** The public parts of Secrets, read again when their Certificates say that they are others. */
export class KeptSecrets implements PublicSecrets {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  read(
    kubernetes: KubernetesCluster,
    secret: Parameters<PublicSecrets['read']>[1],
    options: { readonly refresh: boolean },
  ): Promise<Fact<PublicCertificates | undefined>> {
    const { namespace, name, version } = secret;
    const key = `${kubernetes.name}/${namespace}/${name}`;
    const kept = this.#kept.get(key);
    if (kept && !options.refresh && this.#serves(kept, version)) {
      return kept.fact;
    }
    const entry: Kept = {
      version,
      readAt: this.#clock().getTime(),
      isMissing: false,
      fact: look(this.#clock, () =>
        readPublicCertificates(kubernetes, namespace, name),
      ).then(fact => {
        entry.isMissing = !fact.known || !fact.value;
        return fact;
      }),
    };
    this.#kept.set(key, entry);
    return entry.fact;
  }

  /** For a database that is gone. */
  forget(kubernetesCluster: string, namespace: string): void {
    const prefix = `${kubernetesCluster}/${namespace}/`;
    for (const key of this.#kept.keys()) {
      if (key.startsWith(prefix)) this.#kept.delete(key);
    }
  }

  #serves({ version, readAt, isMissing }: Kept, wanted: string): boolean {
    const maxAgeMs = isMissing ? MISSING_MAX_AGE_MS : PUBLIC_MAX_AGE_MS;
    return version === wanted && this.#clock().getTime() - readAt <= maxAgeMs;
  }
}

/**
 * A Kubernetes cluster whose Secrets are read once for the many probes that need
 * them, without their private keys.
 */
export function keepingSecrets(
  kubernetes: KubernetesCluster,
  clock: Clock,
): KubernetesCluster {
  const secrets = new FreshCache<KubernetesObject | undefined>({
    maxAgeMs: CREDENTIALS_MAX_AGE_MS,
    clock,
  });
  const read = async (...[ref]: Parameters<KubernetesCluster['get']>) => {
    const secret = await kubernetes.get(ref);
    if (!secret?.data) return secret;
    const { [PRIVATE_KEY]: _unused, ...data } = secret.data;
    return { ...secret, data };
  };
  return {
    name: kubernetes.name,
    simulated: kubernetes.simulated,
    discover: () => kubernetes.discover(),
    apply: (...args) => kubernetes.apply(...args),
    create: (...args) => kubernetes.create(...args),
    updateStatus: object => kubernetes.updateStatus(object),
    get: ref =>
      ref.kind === 'Secret'
        ? secrets.get(`${ref.namespace}/${ref.name}`, () => read(ref))
        : kubernetes.get(ref),
    list: selector => kubernetes.list(selector),
    watch: (...args) => kubernetes.watch(...args),
    delete: (...args) => kubernetes.delete(...args),
    exec: (...args) => kubernetes.exec(...args),
    portForward: (...args) => kubernetes.portForward(...args),
  };
}
