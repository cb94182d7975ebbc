import { count } from '../checks/words';
import { failing, notLooked, ok, unknown, type Answer } from './answers';
import type { Workload } from './readClient';

/** Whether the client is there to be looked at. */
export function isPresent(
  kubernetesCluster: string,
  workload: Workload,
): Answer {
  const { namespace, serviceAccount, namespaceObject, pods } = workload;
  if (namespaceObject.known && !namespaceObject.value) {
    return failing(
      `Kubernetes cluster "${kubernetesCluster}" has no namespace "${namespace}"`,
      {
        text: 'See whether the name is right; a client of another Kubernetes cluster comes in as a laptop does.',
      },
    );
  }
  if (!pods.known) return notLooked(`Pods of namespace "${namespace}"`, pods);
  const who = `as ServiceAccount "${namespace}/${serviceAccount}"`;
  return pods.value.length > 0
    ? ok(`${count(pods.value.length, 'pod')} ${runs(pods.value.length)} ${who}`)
    : unknown(`No pod runs ${who}, so what follows goes by its namespace`, {
        text: 'See whether the name is right.',
        command: `kubectl get pods -n ${namespace} -o custom-columns=POD:.metadata.name,ACCOUNT:.spec.serviceAccountName`,
      });
}

function runs(pods: number): string {
  return pods === 1 ? 'runs' : 'run';
}
