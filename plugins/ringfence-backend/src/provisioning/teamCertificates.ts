import { NotAllowedError } from '@backstage/errors';
import {
  MANAGED_BY_LABEL,
  MANAGER,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import { issuedOf } from '../clientCertificates/request';
import { removeObject } from './removeObject';
import type { Run } from './Run';

/** The Certificates that were issued to teams: they are beside the database, not of its spec. */
export async function listTeamCertificates(
  run: Run,
): Promise<KubernetesObject[]> {
  const kind = { apiVersion: 'cert-manager.io/v1', kind: 'Certificate' };
  const { apis } = await run.kubernetes.discover();
  if (!apis.some(api => api.group === 'cert-manager.io')) return [];
  const certificates = await run.kubernetes.list({
    ...kind,
    namespace: run.ref.namespace,
    labels: { [MANAGED_BY_LABEL]: MANAGER },
  });
  return certificates.filter(certificate => issuedOf(certificate));
}

/**
 * Deletes them with their keys, for a database that asks for none any more:
 * cert-manager would renew them for good, and nobody looks at them again.
 */
export async function removeTeamCertificates(run: Run): Promise<void> {
  try {
    for (const certificate of await listTeamCertificates(run)) {
      await removeObject(run, certificate);
    }
  } catch (error) {
    if (!(error instanceof NotAllowedError)) throw error;
    run.emit({
      type: 'info',
      message: `Client certificates of teams were not removed: ${error.message}`,
    });
  }
}
