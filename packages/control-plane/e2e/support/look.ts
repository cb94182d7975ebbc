import type {
  KubernetesObject,
  Manifest,
} from '@ringfence/backstage-plugin-ringfence-node';
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

/** An object in words: `Secret orders-app`. */
export const nameOf = ({ kind, metadata }: KubernetesObject | Manifest) =>
  `${kind} ${metadata.name}`;

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
      [...list.items, home].map((object: KubernetesObject) => [
        nameOf(object),
        object.metadata.resourceVersion!,
      ]),
    );
  }

  /** Names of the objects that a field manager wrote, among those that carry our label. */
  async writtenBy(manager: string, namespace: string): Promise<string[]> {
    const args = ['get', KINDS, '-n', namespace, '-l', OURS];
    const { items } = await this.read([...args, '--show-managed-fields']);
    return items
      .filter(({ metadata }: KubernetesObject) =>
        metadata.managedFields?.some(entry => entry.manager === manager),
      )
      .map(nameOf);
  }

  /** Why the API server refused pods of a namespace. */
  async refusedPods(namespace: string): Promise<string[]> {
    const { items } = await this.read(['get', 'events', '-n', namespace]);
    return items
      .filter(({ reason }: any) => reason === 'FailedCreate')
      .map(({ message }: any) => message);
  }
}
