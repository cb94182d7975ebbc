import type {
  Check,
  CheckResult,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  warning,
} from '../../../checks/results';
import { clusterOf } from '../operatorRecipe';
import type { K8ssandraSpec } from '../spec';
import { isInitialized, progressOf } from '../waits';

/** What the operators say of the ring themselves. */
export const ringOperator = (spec: K8ssandraSpec): Check => ({
  id: 'ring.operator',
  title: 'k8ssandra-operator says that the ring is as it should be',
  category: 'ring',
  reasons: {
    Ready:
      'Cassandra has started, and every datacenter is Ready in the newest generation.',
    NoCluster: 'There is no K8ssandraCluster.',
    OperatorError: 'k8ssandra-operator reports an error.',
    NotTakenUp: 'k8ssandra-operator has not looked at the K8ssandraCluster.',
    NotInitialized:
      'Cassandra has not started once yet (CassandraInitialized is not True).',
    Updating:
      'A datacenter is not Ready (cassandraOperatorProgress), so nodes are being started or restarted, or cannot start.',
    Behind:
      'k8ssandra-operator has not brought the newest generation to its end.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run({ operator }) {
    if (!operator) return [];
    const { objects } = operator;
    if (!objects.known) return notLooked('The K8ssandraCluster', objects);
    return seenAt(judge(spec, clusterOf(objects.value)), objects);
  },
});

function judge(
  spec: K8ssandraSpec,
  cluster: KubernetesObject | undefined,
): CheckResult {
  const { name, namespace } = spec;
  const remedy = {
    text: 'See what the operators say of it, and whether the stores are in order: of those they say nothing.',
    command: `kubectl describe k8ssandraclusters,cassandradatacenters -n ${namespace}`,
  };
  const which = `K8ssandraCluster "${namespace}/${name}"`;
  if (!cluster) {
    return failing(
      'NoCluster',
      `${which} does not exist`,
      {},
      { text: 'Press "Repair drift": that makes it again.' },
    );
  }
  const { status, metadata } = cluster;
  if (!status?.datacenters && !status?.error) {
    return failing(
      'NotTakenUp',
      `${which} has no status: k8ssandra-operator does not look at it`,
      {},
      {
        text: 'See whether k8ssandra-operator runs, and watches this namespace.',
        command: `kubectl logs -n ${spec.operator.namespace} -l app.kubernetes.io/name=k8ssandra-operator --tail=50`,
      },
    );
  }
  const { error = 'None' } = status;
  if (error !== 'None') {
    return failing(
      'OperatorError',
      `k8ssandra-operator says of ${which}: ${error}`,
      { error },
      remedy,
    );
  }
  const progress = spec.datacenters.map(datacenter => ({
    datacenter: datacenter.name,
    progress: progressOf(status, datacenter.name) ?? 'not made',
  }));
  const evidence = Object.fromEntries(
    progress.map(each => [each.datacenter, each.progress]),
  );
  if (!isInitialized(status)) {
    return failing(
      'NotInitialized',
      `${which}: Cassandra has not started yet`,
      evidence,
      remedy,
    );
  }
  const updating = progress.filter(each => each.progress !== 'Ready');
  if (updating.length > 0) {
    const names = updating.map(each => each.datacenter);
    return warning(
      'Updating',
      `${which}: ${names.join(', ')} not Ready`,
      evidence,
      remedy,
    );
  }
  return (status.observedGeneration ?? 0) < (metadata.generation ?? 0)
    ? warning(
        'Behind',
        `${which}: generation ${metadata.generation} is not done`,
        evidence,
        remedy,
      )
    : ok('Ready', 'Cassandra has started, every datacenter is Ready', evidence);
}
