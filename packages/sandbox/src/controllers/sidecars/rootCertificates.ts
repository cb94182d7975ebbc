import { mintCertificate } from '../certificates/mint';
import type { ControllerContext } from '../context';
import {
  refOfKey,
  startController,
  type RunningController,
} from '../controller';
import { ROOT_CERTIFICATE_NAME } from './template';

const namespaces = { apiVersion: 'v1', kind: 'Namespace' };
const configMaps = { apiVersion: 'v1', kind: 'ConfigMap' };
const TEN_YEARS_MS = 10 * 365 * 24 * 3_600_000;

/** A new root of the mesh, in PEM; nothing here is issued from it. */
async function mintRoot(now: Date): Promise<string> {
  const { certificatePem } = await mintCertificate(
    { isCA: true, subject: { organizations: ['cluster.local'] } },
    { notBefore: now, notAfter: new Date(now.getTime() + TEN_YEARS_MS) },
  );
  return certificatePem;
}

/** Gives each namespace the root of the mesh, as istiod does: sidecars mount it. */
export function startRootCertificates(
  context: ControllerContext,
): RunningController {
  const kubernetes = context.kubernetes.as('istiod', { force: true });
  const root = mintRoot(context.now());
  return startController({
    name: 'root-certificates',
    kubernetes,
    log: context.log,
    watches: [
      { ...namespaces, concerns: ({ metadata }) => [metadata.name] },
      {
        ...configMaps,
        concerns: ({ metadata }) =>
          metadata.name === ROOT_CERTIFICATE_NAME ? [metadata.namespace!] : [],
      },
    ],
    async reconcile(key) {
      const namespace = await kubernetes.get(refOfKey(namespaces, key));
      if (!namespace || namespace.metadata.deletionTimestamp) return;
      await kubernetes.apply({
        ...configMaps,
        metadata: {
          name: ROOT_CERTIFICATE_NAME,
          namespace: key,
          labels: { 'istio.io/config': 'true' },
        },
        data: { 'root-cert.pem': await root },
      });
    },
  });
}
