import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import type { Cluster } from '../../src';

const OURS = 'app.kubernetes.io/managed-by=ringfence';
const KINDS = [
  'configmaps',
  'secrets',
  'services',
  'serviceaccounts',
  'statefulsets',
  'poddisruptionbudgets',
  'networkpolicies',
  'issuers',
  'certificates',
  'gateways',
  'tcproutes',
  'peerauthentications',
  'authorizationpolicies',
  'rolebindings',
].join(',');

/** Looks at objects with kubectl. */
export class Look {
  constructor(private readonly cluster: Pick<Cluster, 'kubectl'>) {}

  async read(args: readonly string[]): Promise<any> {
    return JSON.parse(await this.cluster.kubectl([...args, '-o', 'json']));
  }

  /** Of all objects that carry our label, by kind and name. */
  async resourceVersions(namespace: string): Promise<Record<string, string>> {
    const list = await this.read(['get', KINDS, '-n', namespace, '-l', OURS]);
    const home = await this.read(['get', 'namespace', namespace]);
    return Object.fromEntries(
      [...list.items, home].map(({ kind, metadata }: KubernetesObject) => [
        `${kind} ${metadata.name}`,
        metadata.resourceVersion!,
      ]),
    );
  }

  /** Why the API server refused pods of a namespace. */
  async refusedPods(namespace: string): Promise<string[]> {
    const { items } = await this.read(['get', 'events', '-n', namespace]);
    return items
      .filter(({ reason }: any) => reason === 'FailedCreate')
      .map(({ message }: any) => message);
  }
}
