import type { Stage } from '../../../blueprint';
import { serviceCertificate } from '../../pki';
import { certificateReady } from '../../waits';
import type { CqlRingContext } from '../CqlRing';
import { objectRefs } from '../objects';

/** The certificate that the gateway shows. */
export function certificateStage({ spec, ring }: CqlRingContext): Stage {
  return {
    name: 'certificate',
    title: 'Certificate of the gateway',
    manifests: ({ gatewayAddresses }) => [
      serviceCertificate(spec, ring.application, gatewayAddresses),
    ],
    waits: [certificateReady(objectRefs(spec).certificate)],
  };
}
