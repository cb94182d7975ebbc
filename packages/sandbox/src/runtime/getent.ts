import type {
  ExecResult,
  KubernetesCluster,
} from '@ringfence/backstage-plugin-ringfence-node';
import { SERVICE_NAME_LABEL } from '../controllers/endpoints';

/** Where there is no such name. @see getent(1) */
const NO_SUCH_KEY = 2;

/** `getent ahosts NAME` in a pod: what cluster DNS answers for the full name of a Service. */
export async function getent(
  kubernetes: KubernetesCluster,
  [database, name = '']: readonly string[],
): Promise<ExecResult> {
  const [service, namespace, ...rest] = name.split('.');
  const isService = ['svc', 'svc.cluster.local'].includes(rest.join('.'));
  const addresses =
    database === 'ahosts' && isService
      ? await addressesOf(kubernetes, { namespace, service })
      : [];
  const lines = addresses.flatMap(address => [
    `${address.padEnd(15)} STREAM ${name}\n`,
    `${address.padEnd(15)} DGRAM\n`,
    `${address.padEnd(15)} RAW\n`,
  ]);
  const exitCode = lines.length > 0 ? 0 : NO_SUCH_KEY;
  return { exitCode, stdout: lines.join(''), stderr: '' };
}

/** Of all Services as of headless ones: the sandbox gives out no addresses of their own. */
async function addressesOf(
  kubernetes: KubernetesCluster,
  { namespace, service }: { namespace: string; service: string },
): Promise<string[]> {
  const slices = await kubernetes.list({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    namespace,
    labels: { [SERVICE_NAME_LABEL]: service },
  });
  return slices
    .flatMap(({ endpoints }) => (endpoints ?? []) as any[])
    .filter(({ conditions }) => conditions.ready)
    .flatMap(({ addresses }) => addresses);
}
