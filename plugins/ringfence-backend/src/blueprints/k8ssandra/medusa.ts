import {
  servedVersions,
  toManifest,
  type Manifest,
  type Platform,
  type ProbeWait,
} from '@ringfence/backstage-plugin-ringfence-node';
import { metadata } from './certificates';
import { localDatacenters, OPERATOR_KINDS, ownNames } from './names';
import type { K8ssandraSpec } from './spec';

/** Key of the Secret of a bucket, as Medusa reads it. */
const CREDENTIALS_KEY = 'credentials';

/** `spec.medusa` of a K8ssandraCluster; absent where there are no backups. */
export function medusaTemplate(spec: K8ssandraSpec) {
  const { enabled, storage, keepBackups } = spec.medusa;
  if (!enabled || !storage) return undefined;
  const { provider, bucket, secret, prefix, region, host, port } = storage;
  return {
    storageProperties: {
      storageProvider: provider,
      bucketName: bucket,
      ...(secret
        ? { storageSecretRef: { name: secret } }
        : { credentialsType: 'role-based' }),
      prefix: prefix ?? spec.name,
      region,
      host,
      port,
      secure: true,
      sslVerify: true,
      maxBackupCount: keepBackups,
    },
    purgeBackups: keepBackups > 0,
    ...(spec.tls.client.enabled && {
      clientEncryptionStores: clientStores(spec),
    }),
  };
}

/**
 * Medusa is no Java: it reads PEM files. The operator takes them in fields that
 * are named after the stores of Java: the CA as keystore, the certificate as
 * truststore, and the key as the truststore's password.
 *
 * @see https://github.com/k8ssandra/k8ssandra-operator, pkg/medusa/reconcile.go
 */
function clientStores(spec: K8ssandraSpec) {
  const name = ownNames.medusaCertificate(spec);
  return {
    keystoreSecretRef: { name, key: 'ca.crt' },
    truststoreSecretRef: { name, key: 'tls.crt' },
    truststorePasswordSecretRef: { name, key: 'tls.key' },
  };
}

/** When backups begin, in each datacenter that is in this Kubernetes cluster. */
export function backupSchedules(
  spec: K8ssandraSpec,
  platform: Pick<Platform, 'apis'>,
): Manifest[] {
  const { enabled, schedule, backupType } = spec.medusa;
  if (!enabled || !servesSchedules(platform)) return [];
  return localDatacenters(spec).map(datacenter =>
    toManifest({
      ...OPERATOR_KINDS.backupSchedule,
      metadata: metadata(spec, ownNames.schedule(spec, datacenter)),
      spec: {
        cronSchedule: schedule,
        backupSpec: { cassandraDatacenter: datacenter.name, backupType },
      },
    }),
  );
}

/** Whether the operator takes schedules. */
export function servesSchedules(platform: Pick<Platform, 'apis'>): boolean {
  const [group, version] = OPERATOR_KINDS.backupSchedule.apiVersion.split('/');
  const { kind } = OPERATOR_KINDS.backupSchedule;
  return servedVersions(platform, group, kind).includes(version);
}

/** The Secret of the bucket is there: the pods of nodes do not start without it, and nothing says why. */
export function bucketSecretThere(spec: K8ssandraSpec): ProbeWait[] {
  const secret = spec.medusa.enabled ? spec.medusa.storage?.secret : undefined;
  if (!secret) return [];
  const where = `Secret "${spec.namespace}/${secret}"`;
  return [
    {
      kind: 'probe',
      name: `${where} holds the login of the bucket`,
      timeoutMs: 10 * 60_000,
      everyMs: 2_000,
      remedy: `Put it there: ${bucketSecretCommand(spec, secret)}`,
      probe: async tools => {
        const data = await tools.secret(secret);
        return data[CREDENTIALS_KEY]
          ? { state: 'done', message: `key "${CREDENTIALS_KEY}" is there` }
          : {
              state: 'waiting',
              why: `${where} has no key "${CREDENTIALS_KEY}"`,
            };
      },
    },
  ];
}

/** The command that makes the Secret of the bucket. */
export function bucketSecretCommand(
  { namespace }: K8ssandraSpec,
  secret: string,
): string {
  return `kubectl create secret generic ${secret} -n ${namespace} --from-file=${CREDENTIALS_KEY}=credentials.txt`;
}
