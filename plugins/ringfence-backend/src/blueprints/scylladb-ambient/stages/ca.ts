import {
  caManifests,
  certificateReady,
  issuerReady,
  type Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import { APPLICATION } from '../application';
import type { StageContext } from '../context';
import { objectRefs } from '../objects';

/** The CA of its own; its private key never leaves the namespace. */
export function caStage({ spec }: StageContext): Stage {
  const refs = objectRefs(spec);
  return {
    name: 'ca',
    title: 'Certificate authority',
    manifests: () => caManifests(spec, APPLICATION),
    waits: [
      issuerReady(refs.selfSignedIssuer),
      certificateReady(refs.caCertificate),
      issuerReady(refs.caIssuer),
    ],
  };
}
