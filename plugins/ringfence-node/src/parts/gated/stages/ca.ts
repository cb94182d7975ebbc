import type { Stage } from '../../../blueprint';
import { authorityObjects } from '../../authorities';
import { authoritiesOf } from '../../names';
import { caManifests } from '../../pki';
import { certificateReady, issuerReady } from '../../waits';
import type { GatedContext } from '../GatedDatabase';
import { objectRefs } from '../objects';

/** The CA of its own; its private key never leaves the namespace. */
export function caStage({ spec, database }: GatedContext): Stage {
  const refs = objectRefs(spec);
  return {
    name: 'ca',
    title: 'Certificate authority',
    manifests: () => caManifests(spec, database.application),
    waits: [
      issuerReady(refs.selfSignedIssuer),
      ...authoritiesOf(spec).trusted.flatMap(authority => {
        const [issuer, certificate] = authorityObjects(spec, authority);
        return [certificateReady(certificate), issuerReady(issuer)];
      }),
    ],
  };
}
