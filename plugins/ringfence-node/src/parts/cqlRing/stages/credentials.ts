import type { Stage } from '../../../blueprint';
import { applicationSecret, superuserSecret } from '../../credentials';
import type { CqlRingContext } from '../CqlRing';

/** The logins, generated once. */
export function credentialsStage({ spec, ring }: CqlRingContext): Stage {
  return {
    name: 'credentials',
    title: 'Logins of superuser and application',
    secrets: [
      superuserSecret(spec, ring.application, ring.superuserData),
      applicationSecret(spec, ring.application),
    ],
    manifests: () => [],
    waits: [],
  };
}
