import type {
  KubernetesCluster,
  KubernetesObject,
  Manifest,
  ObjectRef,
  ObjectSelector,
  PodRef,
  ServedApi,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { ControllerCluster } from '@ringfence/sandbox/controllers';
import type { ApiWriter } from './ApiWriter';

/** Who writes, and whether it takes over fields of others. */
interface Manager {
  readonly name: string;
  readonly force: boolean;
}

/** Finds the collections of kinds; asks again for those it does not know. */
class Collections {
  #apis: readonly ServedApi[] = [];

  constructor(private readonly kubernetes: KubernetesCluster) {}

  async path({ apiVersion, kind, metadata }: Manifest): Promise<string> {
    const group = apiVersion.includes('/') ? apiVersion.split('/')[0] : '';
    const matches = (api: ServedApi) =>
      api.group === group &&
      api.kind === kind &&
      apiVersion.endsWith(api.version);
    if (!this.#apis.some(matches))
      this.#apis = (await this.kubernetes.discover()).apis;
    const api = this.#apis.find(matches);
    if (!api) throw new Error(`${apiVersion} ${kind} is not served`);
    const root = group ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const scope = api.namespaced ? `/namespaces/${metadata.namespace}` : '';
    return `${root}${scope}/${api.plural}/${metadata.name}`;
  }
}

/**
 * A real API server as the sandbox's controllers see it: read through the
 * portal's own adapter, written to under the names of the controllers.
 */
export class AgentCluster implements ControllerCluster {
  readonly name: string;

  private constructor(
    private readonly kubernetes: KubernetesCluster,
    private readonly writer: ApiWriter,
    private readonly collections: Collections,
    private readonly manager: Manager,
  ) {
    this.name = kubernetes.name;
  }

  static over(kubernetes: KubernetesCluster, writer: ApiWriter): AgentCluster {
    const manager = { name: 'node-agent', force: false };
    const collections = new Collections(kubernetes);
    return new AgentCluster(kubernetes, writer, collections, manager);
  }

  as(name: string, { force = false } = {}): AgentCluster {
    return new AgentCluster(this.kubernetes, this.writer, this.collections, {
      name,
      force,
    });
  }

  async apply(
    manifest: Manifest,
    { dryRun }: { dryRun?: boolean } = {},
  ): Promise<KubernetesObject> {
    const { managedFields, ...metadata } = manifest.metadata;
    return this.writer.send({
      method: 'PATCH',
      path: await this.collections.path(manifest),
      query: {
        fieldManager: this.manager.name,
        force: String(this.manager.force),
        fieldValidation: 'Strict',
        ...(dryRun && { dryRun: 'All' }),
      },
      contentType: 'application/apply-patch+yaml',
      body: { ...manifest, metadata },
    });
  }

  async updateStatus(object: KubernetesObject): Promise<KubernetesObject> {
    return this.writer.send({
      method: 'PUT',
      path: `${await this.collections.path(object)}/status`,
      query: { fieldManager: this.manager.name },
      contentType: 'application/json',
      body: object,
    });
  }

  create(manifest: Manifest, options?: { dryRun?: boolean }) {
    return this.kubernetes.create(manifest, options);
  }

  discover() {
    return this.kubernetes.discover();
  }

  get(ref: ObjectRef) {
    return this.kubernetes.get(ref);
  }

  list(selector: ObjectSelector) {
    return this.kubernetes.list(selector);
  }

  watch(selector: ObjectSelector, options: { signal: AbortSignal }) {
    return this.kubernetes.watch(selector, options);
  }

  delete(ref: ObjectRef, options?: { resourceVersion?: string }) {
    return this.kubernetes.delete(ref, options);
  }

  exec(
    pod: PodRef,
    command: readonly string[],
    options?: { signal?: AbortSignal; timeoutMs?: number },
  ) {
    return this.kubernetes.exec(pod, command, options);
  }

  portForward(pod: PodRef, port: number) {
    return this.kubernetes.portForward(pod, port);
  }
}
