import {
  describeCommand,
  describeRef,
  type KubernetesObject,
  type ObjectRef,
  type ObjectWait,
  type WaitState,
} from '@ringfence/backstage-plugin-ringfence-node';
import { maskPasswords } from '../../observing/maskPasswords';

/** What the operator writes where nothing is wrong. */
const NO_ERROR = 'None';

/** k8ssandra-operator has brought every datacenter to the spec's newest generation. */
export function clusterReady(
  ref: ObjectRef,
  {
    datacenters,
    timeoutMs,
  }: { readonly datacenters: readonly string[]; readonly timeoutMs: number },
): ObjectWait {
  return {
    kind: 'object',
    ref,
    name: `${describeRef(ref)} is initialised, and its datacenters are Ready`,
    timeoutMs,
    // The operator says nothing of a store that is missing: its pods just never start.
    remedy: `Look at: ${describeCommand(
      ref,
    )}; kubectl get cassandradatacenters,pods,events -n ${
      ref.namespace
    }; and whether k8ssandra-operator watches this namespace`,
    evaluate: object =>
      object
        ? evaluate(object, datacenters)
        : { state: 'waiting', why: `${describeRef(ref)} is not there yet` },
  };
}

function evaluate(
  { metadata, status }: KubernetesObject,
  datacenters: readonly string[],
): WaitState {
  const waiting = (why: string): WaitState => ({ state: 'waiting', why });
  if (!status) return waiting('k8ssandra-operator has not taken it up');
  const { error = NO_ERROR } = status;
  if (error !== NO_ERROR) {
    // It may quote a datacenter with the passwords that it has copied there.
    return waiting(`k8ssandra-operator says: ${maskPasswords(error)}`);
  }
  for (const name of datacenters) {
    const progress = progressOf(status, name);
    if (progress !== 'Ready') {
      return waiting(
        progress
          ? `datacenter "${name}": cassandraOperatorProgress: ${progress}`
          : `datacenter "${name}" has not been made`,
      );
    }
  }
  if (!isInitialized(status))
    return waiting('CassandraInitialized is not True');
  const seen: number = status.observedGeneration ?? 0;
  const { generation = 0 } = metadata;
  return seen < generation
    ? waiting(
        `k8ssandra-operator has not brought generation ${generation} to its end yet`,
      )
    : { state: 'done', message: `Ready: ${datacenters.join(', ')}` };
}

/** `Ready`, `Updating`, or nothing where the datacenter is not there. */
export function progressOf(
  status: KubernetesObject['status'],
  datacenter: string,
): string | undefined {
  return status?.datacenters?.[datacenter]?.cassandra
    ?.cassandraOperatorProgress;
}

/** Whether the operator says that Cassandra has started once. */
export function isInitialized(status: KubernetesObject['status']): boolean {
  const conditions: ReadonlyArray<{ type: string; status: string }> =
    status?.conditions ?? [];
  return conditions.some(
    ({ type, status: value }) =>
      type === 'CassandraInitialized' && value === 'True',
  );
}
