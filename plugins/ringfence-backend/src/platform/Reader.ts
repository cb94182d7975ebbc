import { NotAllowedError } from '@backstage/errors';
import type {
  KubernetesCluster,
  KubernetesObject,
  ObjectSelector,
} from '@ringfence/backstage-plugin-ringfence-node';

/** Reads what it may, and remembers what it may not. */
export class Reader {
  readonly unreadable: string[] = [];

  constructor(private readonly kubernetes: KubernetesCluster) {}

  /** @returns undefined where that may not be read */
  async list(
    selector: ObjectSelector,
  ): Promise<KubernetesObject[] | undefined> {
    return this.#attempt(selector.kind, () => this.kubernetes.list(selector));
  }

  /** @returns undefined where there is none or it may not be read */
  async get(
    apiVersion: string,
    kind: string,
    name: string,
    namespace?: string,
  ): Promise<KubernetesObject | undefined> {
    return this.#attempt(`${kind} "${name}"`, () =>
      this.kubernetes.get({ apiVersion, kind, name, namespace }),
    );
  }

  async #attempt<T>(
    what: string,
    read: () => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof NotAllowedError)) throw error;
      this.unreadable.push(`${what}: ${error.message}`);
      return undefined;
    }
  }
}

/** The tag of an image, without a digest: `1.31.1` of `registry:5000/istio/pilot:1.31.1@sha256:...`. */
export function imageTag(image: string | undefined): string | undefined {
  const name = image?.split('@')[0].split('/').at(-1);
  return name?.split(':')[1];
}
