import {
  describeCommand,
  describeRef,
  type KubernetesObject,
  type ObjectRef,
  type ObjectWait,
  type WaitState,
} from '@ringfence/backstage-plugin-ringfence-node';

/** cass-operator has brought the ring to its spec's newest generation. */
export function datacenterReady(
  ref: ObjectRef,
  { timeoutMs }: { timeoutMs: number },
): ObjectWait {
  return {
    kind: 'object',
    ref,
    name: `${describeRef(ref)} is Ready`,
    timeoutMs,
    // The operator says nothing of a Secret that is missing: its pods just never start.
    remedy: `Look at: ${describeCommand(ref)}; kubectl get pods,events -n ${
      ref.namespace
    }; and whether cass-operator watches this namespace`,
    evaluate: object =>
      object
        ? evaluate(object)
        : { state: 'waiting', why: `${describeRef(ref)} is not there yet` },
  };
}

function evaluate({ metadata, status }: KubernetesObject): WaitState {
  const progress = status?.cassandraOperatorProgress;
  if (!progress) {
    return { state: 'waiting', why: 'cass-operator has not taken it up' };
  }
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) {
    return {
      state: 'waiting',
      why: `cass-operator has not seen generation ${metadata.generation} yet`,
    };
  }
  return progress === 'Ready'
    ? { state: 'done', message: 'Ready' }
    : { state: 'waiting', why: `cassandraOperatorProgress: ${progress}` };
}

/** Every pod of a Deployment runs its newest template and is ready. */
export function deploymentRolledOut(ref: ObjectRef): ObjectWait {
  return {
    kind: 'object',
    ref,
    name: `${describeRef(ref)} is rolled out`,
    timeoutMs: 10 * 60_000,
    remedy: `Look at: ${describeCommand(ref)}; kubectl logs -n ${
      ref.namespace
    } deployment/${ref.name}`,
    when: 'before-actions',
    evaluate: object => {
      if (!object) {
        return {
          state: 'waiting',
          why: `${describeRef(ref)} is not there yet`,
        };
      }
      const wanted: number = object.spec?.replicas ?? 1;
      const {
        observedGeneration = 0,
        updatedReplicas = 0,
        readyReplicas = 0,
      } = object.status ?? {};
      if (observedGeneration < (object.metadata.generation ?? 0)) {
        return {
          state: 'waiting',
          why: 'its controller has not seen it yet',
        };
      }
      return Math.min(updatedReplicas, readyReplicas) >= wanted
        ? { state: 'done', message: `${wanted} of ${wanted} pods are ready` }
        : {
            state: 'waiting',
            why: `${Math.min(
              updatedReplicas,
              readyReplicas,
            )} of ${wanted} pods are up to date and ready`,
          };
    },
  };
}
