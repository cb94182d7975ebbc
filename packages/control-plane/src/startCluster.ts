import { join } from 'node:path';
import type { KubernetesCluster } from '@ringfence/backstage-plugin-ringfence-node';
import { silentLog, type Log } from '@ringfence/data-plane';
import { startAgent, type Agent } from './agent/startAgent';
import type { Kubectl } from './kubectl';
import { openKubernetesCluster } from './kubernetes';
import {
  startControlPlane,
  type ControlPlane,
  type ControlPlaneOptions,
} from './startControlPlane';

export interface ClusterOptions extends ControlPlaneOptions {
  /** What the node agent says. @defaultValue nothing is written */
  readonly agentLog?: Log;
}

/** A Kubernetes cluster with Istio's gateways and running databases, on one machine. */
export interface Cluster
  extends Omit<ControlPlane, 'stop'>,
    Omit<Agent, 'stop'> {
  /** As the portal sees it, with all rights. */
  readonly kubernetes: KubernetesCluster;
  /** SIGKILL of the API server; {@link startApiServer} brings it back. */
  killApiServer(): Promise<void>;
  /** Resolves once it answers again. */
  startApiServer(): Promise<void>;
  stopCertManager(): Promise<void>;
  startCertManager(): void;
  /** Ends everything and removes what it stored. */
  stop(): Promise<void>;
}

/**
 * Starts a control plane and the agent that runs what is asked of it. Must run
 * in a network namespace of its own: see `scripts/e2e.mjs`.
 *
 * @throws where a tool is missing or a component is not ready in time, with the folder of the logs
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const controlPlane = await startControlPlane(options);
  const { components, kubeconfig, directory, logDir, ready } = controlPlane;
  const kubernetes = openKubernetesCluster('control-plane', kubeconfig);
  let agent: Agent;
  try {
    agent = await startAgent({
      kubernetes,
      kubeconfig,
      directory: join(directory, 'agent'),
      logDir,
      log: options.agentLog ?? silentLog,
    });
    await meshReady(controlPlane.kubectl);
  } catch (error) {
    await controlPlane.stop({ keepFiles: true });
    throw new Error(`${(error as Error).message}\nLogs: ${logDir}`);
  }
  return {
    ...controlPlane,
    ...agent,
    kubernetes,
    killApiServer: () => components['kube-apiserver'].kill(),
    async startApiServer() {
      components['kube-apiserver'].restart();
      await ready();
      await restartLeaders(components);
    },
    stopCertManager: () => components.certmanager.stop(),
    startCertManager: () => components.certmanager.restart(),
    async stop() {
      await agent.stop();
      await controlPlane.stop();
    },
  };
}

/** What runs once in a Kubernetes cluster, under leader election. */
const LEADERS = ['kube-controller-manager', 'kube-scheduler', 'certmanager'];

/**
 * Leaders end when they could not renew their leadership for 10 s, and their
 * kubelet starts them again; ours are alone and would stay. Then they wait up
 * to 60 s between two attempts to list, as client-go does after some failures
 * within two minutes: at the third outage the node life-cycle controller had
 * not seen the nodes' Leases for 50 s, though they were renewed in time, and
 * took all nodes for dead and their pods for not ready.
 */
async function restartLeaders(
  components: Cluster['components'],
): Promise<void> {
  const running = LEADERS.map(name => components[name]).filter(
    ({ isRunning }) => isRunning,
  );
  await Promise.all(running.map(component => component.kill()));
  running.forEach(component => component.restart());
}

/** No database is taken before a ztunnel is ready on each node. */
async function meshReady(kubectl: Kubectl): Promise<void> {
  const ztunnel = ['daemonset/ztunnel', '--namespace=istio-system'];
  await kubectl(['rollout', 'status', ...ztunnel, '--timeout=60s']);
}
