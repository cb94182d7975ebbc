import type {
  Facts,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import { podLabelsOf, type Labels } from '../checks/objects';
import type { Pods } from './networkPolicies';
import type { Client, Workload } from './readClient';

/** Given to each namespace by the API server. */
const NAME_LABEL = 'kubernetes.io/metadata.name';

/** The client's pods, as NetworkPolicies tell them apart; one without labels where there is none. */
export function clientPods(workload: Workload): Pods[] {
  const { namespace, namespaceObject, pods } = workload;
  const place = {
    namespace,
    namespaceLabels: namespaceObject.known
      ? labelsOf(namespace, namespaceObject.value)
      : undefined,
  };
  const found = pods.known ? pods.value : [];
  return found.length > 0 ? distinct(found, place) : [place];
}

/** The database's pods; before there is one, with the labels that the blueprint gives. */
export function databasePods(facts: Facts): Pods[] {
  const place = placeOf(facts);
  const found = facts.pods.known ? facts.pods.value : [];
  return found.length > 0
    ? distinct(found, place)
    : podLabelsOf(facts).map(labels => ({ ...place, labels }));
}

/** The pods of the database's Gateway; one without labels where there is none. */
export function gatewayPods(facts: Facts, client: Client): Pods[] {
  const place = placeOf(facts);
  const found = client.gatewayPods.known ? client.gatewayPods.value : [];
  return found.length > 0 ? distinct(found, place) : [place];
}

function placeOf(facts: Facts) {
  const { namespace } = facts.database;
  return {
    namespace,
    namespaceLabels: labelsOf(
      namespace,
      facts.namespace.known ? facts.namespace.value : undefined,
    ),
  };
}

function labelsOf(name: string, object: KubernetesObject | undefined): Labels {
  return { [NAME_LABEL]: name, ...object?.metadata.labels };
}

/** Pods of one template are the same to policies. */
function distinct(
  pods: readonly KubernetesObject[],
  place: Pick<Pods, 'namespace' | 'namespaceLabels'>,
): Pods[] {
  const byForm = new Map(
    pods.map(pod => {
      const form = {
        ...place,
        labels: pod.metadata.labels ?? {},
        portNames: portNamesOf(pod),
      };
      return [formOf(form), form] as const;
    }),
  );
  return [...byForm.values()];
}

function formOf({ labels = {}, portNames }: Pods): string {
  return JSON.stringify([
    Object.entries(labels).sort(([a], [b]) => a.localeCompare(b)),
    portNames,
  ]);
}

function portNamesOf({ spec }: KubernetesObject): Record<string, number> {
  const containers: ReadonlyArray<{
    ports?: ReadonlyArray<{ name?: string; containerPort: number }>;
  }> = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])];
  return Object.fromEntries(
    containers
      .flatMap(({ ports = [] }) => ports)
      .flatMap(({ name, containerPort }) =>
        name ? [[name, containerPort]] : [],
      ),
  );
}
