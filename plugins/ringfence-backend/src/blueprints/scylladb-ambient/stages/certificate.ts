import {
  certificateReady,
  serviceCertificate,
  type Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import { APPLICATION } from '../application';
import type { StageContext } from '../context';
import { objectRefs } from '../objects';

/** The certificate that the gateway shows. */
export function certificateStage({ spec }: StageContext): Stage {
  return {
    name: 'certificate',
    title: 'Certificate of the gateway',
    manifests: ({ gatewayAddresses }) => [
      serviceCertificate(spec, APPLICATION, gatewayAddresses),
    ],
    waits: [certificateReady(objectRefs(spec).certificate)],
  };
}
