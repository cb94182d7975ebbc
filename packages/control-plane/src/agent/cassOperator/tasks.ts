import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import {
  itself,
  refOfKey,
  startController,
  type ControllerCluster,
  type ControllerContext,
  type RunningController,
} from '@ringfence/sandbox/controllers';
import { DATACENTERS, readDatacenter } from './datacenter';
import { isRolledOut, STATEFUL_SETS } from './statefulSet';

/** cass-operator's kind of a thing to do. */
export const TASKS = {
  apiVersion: 'control.k8ssandra.io/v1alpha1',
  kind: 'CassandraTask',
} as const;

const RESTART = 'restart';
const RESTARTED = 'control.k8ssandra.io/restartedAt';
const LOOK_AGAIN_MS = 500;

/** Plays the part of cass-operator that restarts the nodes of a datacenter one by one when a CassandraTask asks for it; of other jobs it knows none. */
export function startCassandraTasks(
  context: ControllerContext,
): RunningController {
  const kubernetes = context.kubernetes.as('cass-operator-tasks', {
    force: true,
  });
  return startController({
    name: 'cassandra-tasks',
    kubernetes,
    log: context.log,
    watches: [{ ...TASKS, concerns: itself }],
    async reconcile(key) {
      const task = await kubernetes.get(refOfKey(TASKS, key));
      if (!task || task.status?.completionTime) return undefined;
      const now = `${context.now().toISOString().slice(0, 19)}Z`;
      const startTime: string = task.status?.startTime ?? now;
      if (!task.status?.startTime) {
        await writeStatus(kubernetes, task, { startTime, active: 1 });
      }
      if (!(await restart(kubernetes, task, startTime))) {
        return { afterMs: LOOK_AGAIN_MS };
      }
      await writeStatus(kubernetes, task, {
        startTime,
        completionTime: now,
        succeeded: 1,
        conditions: [
          {
            type: 'Complete',
            status: 'True',
            reason: 'Complete',
            message: '',
            lastTransitionTime: now,
          },
        ],
      });
      return undefined;
    },
  });
}

/** @returns whether all nodes are back */
async function restart(
  kubernetes: ControllerCluster,
  { metadata, spec }: KubernetesObject,
  startTime: string,
): Promise<boolean> {
  const { jobs, datacenter } = spec;
  const unknown = jobs.find(({ command }: any) => command !== RESTART);
  if (unknown) throw new Error(`Job "${unknown.command}" is not known here`);
  const { namespace = metadata.namespace, name } = datacenter;
  const object = await kubernetes.get({ ...DATACENTERS, namespace, name });
  if (!object) return false;
  const { statefulSet } = readDatacenter(object);
  const template = { metadata: { annotations: { [RESTARTED]: startTime } } };
  const set = await kubernetes.apply({
    ...STATEFUL_SETS,
    metadata: { namespace, name: statefulSet },
    spec: { template },
  });
  return isRolledOut(set);
}

async function writeStatus(
  kubernetes: ControllerCluster,
  { metadata }: KubernetesObject,
  status: object,
): Promise<void> {
  const { namespace, name } = metadata;
  const live = await kubernetes.get({ ...TASKS, namespace: namespace!, name });
  if (live) await kubernetes.updateStatus({ ...live, status });
}
