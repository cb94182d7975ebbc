import type { Stage } from '../../../blueprint';
import { serviceCertificate } from '../../pki';
import { certificateReady } from '../../waits';
import type { GatedContext } from '../GatedDatabase';
import { objectRefs } from '../objects';

/** The certificate that the gateway shows. */
export function certificateStage({ spec, database }: GatedContext): Stage {
  return {
    name: 'certificate',
    title: 'Certificate of the gateway',
    manifests: ({ gatewayAddresses }) => [
      serviceCertificate(spec, database.application, gatewayAddresses),
    ],
    waits: [certificateReady(objectRefs(spec).certificate)],
  };
}
