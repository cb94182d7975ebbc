import type {
  KubernetesCluster,
  KubernetesObject,
  Manifest,
  PodRef,
} from '../kubernetes';
import { describeApply } from './applyContract';
import { describePods } from './podContract';
import { describeReading } from './readingContract';
import { describeRefusals } from './refusalContract';
import { describeWriting } from './writingContract';

/** A Kubernetes cluster to put to the test. */
export interface ContractSetup {
  readonly kubernetes: KubernetesCluster;
  /** Applies as another field manager, never forced: somebody else who works on the same objects. */
  applyAs(manager: string, manifest: Manifest): Promise<KubernetesObject>;
  /** Starts a pod in which `sh`, `echo`, `head` and `sleep` run. */
  startPod?(namespace: string): Promise<ContractPod>;
  teardown(): Promise<void>;
}

/** A running pod of a setup's making. */
export interface ContractPod {
  readonly ref: PodRef;
  /** A port that answers each byte with itself. */
  readonly echoPort: number;
  /** A port on which nothing listens. */
  readonly closedPort: number;
}

/** What a setup can offer. */
export interface ContractOptions {
  /** The setup has a `startPod`: exec and portForward are put to the test, too. */
  readonly withPods?: boolean;
  /** Its kubelets tell the exit code of a command. @default true */
  readonly withExitCodes?: boolean;
}

/** What the parts of the suite share. */
export interface ContractContext {
  readonly kubernetes: KubernetesCluster;
  /** A namespace of this test alone. */
  readonly namespace: string;
  readonly applyAs: ContractSetup['applyAs'];
  readonly startPod: ContractSetup['startPod'];
}

/**
 * The test suite of {@link KubernetesCluster}: what Ringfence relies on,
 * whatever is behind the interface. It writes only into namespaces named
 * `contract-*`, which it deletes.
 *
 * @param name - as the test report shows it
 */
export function kubernetesClusterContract(
  name: string,
  setup: () => Promise<ContractSetup>,
  options: ContractOptions = {},
): void {
  describe(`KubernetesCluster contract: ${name}`, () => {
    let current: ContractSetup;
    let namespace: string;
    let count = 0;

    beforeAll(async () => {
      current = await setup();
    });
    afterAll(() => current.teardown());

    beforeEach(async () => {
      count += 1;
      namespace = `contract-${Date.now().toString(36)}-${count}`;
      await current.kubernetes.create(namespaceManifest(namespace));
    });
    afterEach(() => current.kubernetes.delete(namespaceRef(namespace)));

    const context = (): ContractContext => ({
      kubernetes: current.kubernetes,
      namespace,
      applyAs: current.applyAs,
      startPod: current.startPod,
    });
    describeApply(context);
    describeWriting(context);
    describeRefusals(context);
    describeReading(context);
    if (options.withPods) describePods(context, options);
  });
}

export function namespaceRef(name: string) {
  return { apiVersion: 'v1', kind: 'Namespace', name };
}

export function namespaceManifest(name: string): Manifest {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}
