import { X509Certificate } from 'node:crypto';
import { ConflictError } from '@backstage/errors';
import {
  MANAGED_BY_LABEL,
  MANAGER,
} from '@ringfence/backstage-plugin-ringfence-common';
import {
  CLIENT_TEAM_LABEL,
  type ObjectRef,
} from '@ringfence/backstage-plugin-ringfence-node';
import { readPublicCertificates } from '../observing/certificates';
import { RefusedError } from './errors';
import type { Run } from './Run';

/**
 * Refuses to take the trust from a CA while a team holds a certificate that it
 * signed and that is still valid: the team's clients would be shut out.
 *
 * @param obsolete - what the CA leaves behind, its Secrets among it
 * @throws RefusedError that names the teams
 */
export async function refuseFormerCertificates(
  run: Run,
  obsolete: readonly ObjectRef[],
): Promise<void> {
  const secrets = obsolete.filter(({ kind }) => kind === 'Secret');
  const formers = await Promise.all(
    secrets.map(({ name }) => readLeaf(run, name)),
  );
  const certificates = await run.kubernetes.list({
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    namespace: run.ref.namespace,
    labels: { [MANAGED_BY_LABEL]: MANAGER },
  });
  const teams: string[] = [];
  for (const { metadata, spec } of certificates) {
    const team = metadata.labels?.[CLIENT_TEAM_LABEL];
    const shown = team && (await readLeaf(run, spec.secretName));
    if (!shown || new Date(shown.validTo) <= run.clock.now()) continue;
    if (formers.some(former => former && isSignedBy(shown, former))) {
      teams.push(`"${team}"`);
    }
  }
  if (teams.length === 0) return;
  throw new RefusedError(
    `The former CA of database "${
      run.name
    }" signed client certificates that are still valid, of ${teams
      .sort()
      .join(', ')}: their clients would be shut out`,
    {
      name: ConflictError.name,
      remedy:
        'Renew each on the tab "Fence" under "Client certificates", and have the team use the new one; or revoke it. Then take step "drop" again',
    },
  );
}

/** The first certificate of a Secret; undefined where there is none. */
async function readLeaf(
  { kubernetes, ref }: Run,
  secret: string,
): Promise<X509Certificate | undefined> {
  const found = await readPublicCertificates(kubernetes, ref.namespace, secret);
  return found && new X509Certificate(found.certificatePem);
}

function isSignedBy(leaf: X509Certificate, authority: X509Certificate) {
  return leaf.checkIssued(authority) && leaf.verify(authority.publicKey);
}
