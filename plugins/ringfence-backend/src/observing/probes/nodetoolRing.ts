import { toError } from '@backstage/errors';
import type {
  KubernetesObject,
  RingNode,
} from '@ringfence/backstage-plugin-ringfence-node';
import { parseNodetoolStatus } from '../nodetool';
import { podsToAsk, type ProbeContext } from './Probe';

/** How many pods are asked one after the other before giving up. */
const MOST_PODS_ASKED = 3;

/**
 * The ring's own view of its nodes, as `nodetool` prints it in the first pod that answers.
 *
 * @throws Error with the last pod's reason where none answers
 */
export async function probeNodetool(
  context: ProbeContext,
): Promise<readonly RingNode[]> {
  const command = context.observation.ringCommand;
  if (!command) throw new Error('this blueprint has no command for the ring');
  let why = new Error('no pod was asked');
  for (const pod of podsToAsk(context).slice(0, MOST_PODS_ASKED)) {
    try {
      return await askPod(context, pod, command);
    } catch (error) {
      why = toError(error);
    }
  }
  throw why;
}

async function askPod(
  { tools, observation }: ProbeContext,
  { metadata: { name } }: KubernetesObject,
  command: readonly string[],
): Promise<readonly RingNode[]> {
  const { exitCode, stdout, stderr } = await tools.exec(
    { pod: name, container: observation.container },
    command,
  );
  const nodes = parseNodetoolStatus(stdout);
  if (nodes.length > 0) return nodes;
  const said = (stderr || stdout).trim().split('\n')[0] || 'nothing';
  throw new Error(
    `"${command.join(
      ' ',
    )}" in pod "${name}" ended with ${exitCode} and printed: ${said}`,
  );
}
