import type { SecretRecipe } from '@ringfence/backstage-plugin-ringfence-node';
import type { ScylladbAmbientSpec } from './spec';

/** Key of the ConfigMap, and name of the file that ScyllaDB reads. */
export const SETTINGS_FILE = 'scylla.yaml';
/** Key of the superuser's Secret whose text is added to the settings. */
export const SUPERUSER_SETTINGS = 'superuser.yaml';

/**
 * The whole of `scylla.yaml`: what is not here has ScyllaDB's own default.
 *
 * @see https://docs.scylladb.com/manual/stable/reference/configuration-parameters.html
 */
export function settingsText(spec: ScylladbAmbientSpec): string {
  const lines = [
    'num_tokens: 256',
    'commitlog_sync: periodic',
    'commitlog_sync_period_in_ms: 10000',
    'endpoint_snitch: GossipingPropertyFileSnitch',
    'authenticator: PasswordAuthenticator',
    'authorizer: CassandraAuthorizer',
    'api_address: 127.0.0.1',
    'prometheus_address: 0.0.0.0',
    ...gatewaySettings(spec),
  ];
  return `${lines.join('\n')}\n`;
}

function gatewaySettings({ access }: ScylladbAmbientSpec): string[] {
  if (access.exposure === 'none') return [];
  // Through one shared address a driver cannot choose a shard: it would open
  // connection after connection in search of one.
  return ['enable_shard_aware_drivers: false'];
}

/** Key of the superuser's Secret with its password as the settings want it. */
const PASSWORD_HASH = 'password-hash';

/**
 * The settings of a release that makes no superuser by itself. They count in a
 * fresh ring alone: ScyllaDB leaves them out once it has a superuser.
 *
 * @see https://docs.scylladb.com/manual/stable/operating-scylla/security/create-superuser.html
 */
export const SUPERUSER_DATA: SecretRecipe['data'] = {
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
