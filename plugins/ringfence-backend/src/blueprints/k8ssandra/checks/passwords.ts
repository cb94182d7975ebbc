import type {
  Check,
  KubernetesObject,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  warning,
} from '../../../checks/results';
import { MASKED } from '../../../observing/maskPasswords';
import { datacentersOf } from '../operatorRecipe';
import type { K8ssandraSpec } from '../spec';

/** Whether the operator has copied the passwords of the stores where others than readers of Secrets see them. */
export const accessStorePasswords = (spec: K8ssandraSpec): Check => ({
  id: 'access.store-passwords',
  title: 'Passwords of stores are in Secrets alone',
  category: 'access',
  reasons: {
    SecretsAlone: 'No CassandraDatacenter has a password of a store in it.',
    InClear:
      'k8ssandra-operator has copied passwords of stores in clear into CassandraDatacenters, and cass-operator from there into StatefulSets, pods and the command line of Cassandra.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run({ operator }) {
    if (!operator) return [];
    const { objects } = operator;
    if (!objects.known) return notLooked('The CassandraDatacenters', objects);
    const holding = datacentersOf(objects.value)
      .filter(holdsPassword)
      .map(({ metadata }) => metadata.name);
    return seenAt(
      holding.length === 0
        ? ok('SecretsAlone', 'No CassandraDatacenter has a password in it')
        : inClear(spec, holding),
      objects,
    );
  },
});

function inClear({ namespace }: K8ssandraSpec, datacenters: string[]) {
  return warning(
    'InClear',
    `Passwords of stores are in clear in CassandraDatacenter ${datacenters.join(
      ', ',
    )}`,
    { datacenters },
    {
      text: 'That is the operator\'s doing. Let nobody get, list or watch cassandradatacenters, statefulsets and pods of this namespace, or exec into its pods, who may not read its Secrets; the built-in role "view" shows StatefulSets and pods. A keystore is of use to those alone who can read its Secret as well.',
      command: `kubectl get rolebindings -n ${namespace} -o wide; kubectl auth can-i get cassandradatacenters.cassandra.datastax.com -n ${namespace} --as=<who>`,
    },
  );
}

/** Passwords are masked in facts: the mask says that there is one. */
function holdsPassword({ spec }: KubernetesObject): boolean {
  return JSON.stringify(spec?.config ?? {}).includes(MASKED);
}
