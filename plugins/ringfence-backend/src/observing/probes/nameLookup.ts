import type {
  KubernetesObject,
  NameLookup,
} from '@ringfence/backstage-plugin-ringfence-node';
import { podsToAsk, type ProbeContext } from './Probe';

/** Exit code of `getent` where there is no such name. @see getent(1) */
const NO_SUCH_KEY = 2;

/**
 * Looks the name of the headless Service up in one of the pods, as the nodes
 * do to find each other. It is complete but for the Kubernetes cluster's
 * domain, which not every one calls `cluster.local`.
 *
 * @throws Error where it could not be looked up, such as in an image without `getent`
 */
export async function probeNameLookup(
  context: ProbeContext,
): Promise<NameLookup> {
  const [pod] = podsToAsk(context);
  const name = `${serviceOf(context)}.${context.namespace}.svc`;
  const { exitCode, stdout, stderr } = await context.tools.exec(
    { pod: pod.metadata.name, container: context.observation.container },
    ['getent', 'ahosts', name],
  );
  const found = { name, pod: pod.metadata.name };
  if (exitCode === 0) return { ...found, addresses: addressesIn(stdout) };
  if (exitCode === NO_SUCH_KEY && stderr.trim() === '') {
    return { ...found, addresses: [] };
  }
  const said = (stderr || stdout).trim().split('\n')[0] || 'nothing';
  throw new Error(
    `"getent ahosts ${name}" in pod "${pod.metadata.name}" ended with ${exitCode} and printed: ${said}`,
  );
}

/** Name of the Service that the StatefulSet gives its pods names in. */
function serviceOf({ objects, observation }: ProbeContext): string {
  const { statefulSet } = objects;
  const object: KubernetesObject | undefined = statefulSet.known
    ? statefulSet.value
    : undefined;
  return object?.spec?.serviceName ?? observation.statefulSet;
}

/** One line an address and socket type: `10.0.0.1  STREAM orders.orders.svc.cluster.local`. */
function addressesIn(stdout: string): string[] {
  const words = stdout.split('\n').map(line => line.trim().split(/\s+/)[0]);
  return [...new Set(words.filter(Boolean))];
}
