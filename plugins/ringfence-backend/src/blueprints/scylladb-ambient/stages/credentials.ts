import {
  applicationSecret,
  superuserSecret,
  type SecretRecipe,
  type Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import { APPLICATION } from '../application';
import type { StageContext } from '../context';
import { SUPERUSER_SETTINGS } from '../settings';
import { releaseLineOf } from '../versions';

/** Key of the superuser's Secret with its password as the settings want it. */
const PASSWORD_HASH = 'password-hash';

/**
 * The settings of a release that makes no superuser by itself. They count in a
 * fresh ring alone: ScyllaDB leaves them out once it has a superuser.
 *
 * @see https://docs.scylladb.com/manual/stable/operating-scylla/security/create-superuser.html
 */
const SETTINGS_DATA: SecretRecipe['data'] = {
  [PASSWORD_HASH]: { from: 'sha512crypt', key: 'password' },
  [SUPERUSER_SETTINGS]: {
    from: 'template',
    text: [
      "auth_superuser_name: '{{username}}'",
      `auth_superuser_salted_password: '{{${PASSWORD_HASH}}}'`,
      '',
    ].join('\n'),
  },
};

/** The logins, generated once. */
export function credentialsStage({ spec }: StageContext): Stage {
  const { makesPublicSuperuser } = releaseLineOf(spec.version);
  return {
    name: 'credentials',
    title: 'Logins of superuser and application',
    secrets: [
      superuserSecret(
        spec,
        APPLICATION,
        makesPublicSuperuser ? {} : SETTINGS_DATA,
      ),
      applicationSecret(spec, APPLICATION),
    ],
    manifests: () => [],
    waits: [],
  };
}
