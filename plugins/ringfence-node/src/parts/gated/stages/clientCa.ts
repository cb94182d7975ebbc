import type { Stage } from '../../../blueprint';
import { clientCaManifests, clientObjects } from '../../clientCertificates';
import { certificateReady, issuerReady } from '../../waits';
import type { GatedContext } from '../GatedDatabase';

/** The CA of clients, before the gateway is told to ask for what it signs. */
export function clientCaStage({ spec, database }: GatedContext): Stage {
  const refs = clientObjects(spec);
  return {
    name: 'clients',
    title: 'Certificate authority of clients',
    manifests: () => clientCaManifests(spec, database.application),
    waits: [
      issuerReady(refs.selfSignedIssuer),
      certificateReady(refs.caCertificate),
      issuerReady(refs.caIssuer),
      certificateReady(refs.portalCertificate),
    ],
  };
}
