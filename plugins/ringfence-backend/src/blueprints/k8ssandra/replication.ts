import {
  commonLabels,
  describeCommand,
  describeRef,
  toManifest,
  type Manifest,
  type ObjectRef,
  type ObjectWait,
} from '@ringfence/backstage-plugin-ringfence-node';
import { APPLICATION, OPERATOR_KINDS, ownNames, remoteContexts } from './names';
import type { K8ssandraSpec } from './spec';

/** On Secrets that nodes in other contexts need. */
const REPLICATED_LABEL = 'ringfence.dev/replicated';

/** Labels by which a Secret gets to the other contexts; none where there are none. */
export function replicatedLabels(spec: K8ssandraSpec): Record<string, string> {
  return remoteContexts(spec).length > 0
    ? { [REPLICATED_LABEL]: spec.name }
    : {};
}

/**
 * Has the operator copy the Secrets of the stores to the other contexts, and
 * keep the copies. By itself it copies the logins alone: without this a
 * datacenter elsewhere waits for its stores, and nothing says so.
 *
 * @see https://github.com/k8ssandra/k8ssandra-operator, controllers/replication
 */
export function replicatedSecret(spec: K8ssandraSpec): Manifest[] {
  const contexts = remoteContexts(spec);
  if (contexts.length === 0) return [];
  return [
    toManifest({
      ...OPERATOR_KINDS.replicatedSecret,
      metadata: {
        name: ownNames.replicated(spec),
        namespace: spec.namespace,
        labels: commonLabels(spec, APPLICATION),
      },
      spec: {
        selector: { matchLabels: replicatedLabels(spec) },
        replicationTargets: contexts.map(k8sContextName => ({
          k8sContextName,
          namespace: spec.namespace,
        })),
      },
    }),
  ];
}

/** The stores are in every context. */
export function replicated(spec: K8ssandraSpec): ObjectWait[] {
  const contexts = remoteContexts(spec);
  if (contexts.length === 0) return [];
  const ref: ObjectRef = {
    ...OPERATOR_KINDS.replicatedSecret,
    name: ownNames.replicated(spec),
    namespace: spec.namespace,
  };
  return [
    {
      kind: 'object',
      ref,
      name: `${describeRef(ref)} has brought the stores to ${contexts.join(
        ', ',
      )}`,
      timeoutMs: 5 * 60_000,
      remedy: `Namespace "${
        spec.namespace
      }" must be there in each context: ${contexts
        .map(
          context =>
            `kubectl --context ${context} create namespace ${spec.namespace}`,
        )
        .join('; ')}. Look at: ${describeCommand(ref)}`,
      evaluate: object => {
        const conditions: ReadonlyArray<{ cluster?: string; status?: string }> =
          object?.status?.conditions ?? [];
        const lacking = contexts.filter(
          context =>
            !conditions.some(
              ({ cluster, status }) => cluster === context && status === 'True',
            ),
        );
        return lacking.length === 0
          ? { state: 'done', message: 'replicated' }
          : {
              state: 'waiting',
              why: `k8ssandra-operator has not brought the stores to ${lacking.join(
                ', ',
              )}`,
            };
      },
    },
  ];
}

/** The command that lets a Secret that somebody else put there be replicated too. */
export function replicateCommand(spec: K8ssandraSpec, secret: string): string {
  return `kubectl label secret ${secret} -n ${spec.namespace} ${REPLICATED_LABEL}=${spec.name}`;
}
