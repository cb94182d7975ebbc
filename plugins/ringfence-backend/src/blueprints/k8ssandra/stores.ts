import {
  authoritySecrets,
  commonLabels,
  encryptedSides,
  password,
  storeNames,
  toManifest,
  trustedAuthorities,
  type Manifest,
  type Observed,
  type SecretRecipe,
  type StoreSide,
} from '@ringfence/backstage-plugin-ringfence-node';
import { STORE_PASSWORD } from '../../access/pkcs12';
import { makeTruststore } from '../../access/truststore';
import { readCertificates } from '../../checks/x509';
import { APPLICATION, ownNames } from './names';
import { replicatedLabels } from './replication';
import type { K8ssandraSpec } from './spec';

/** One key of one Secret, as a K8ssandraCluster names it. */
export interface SecretKey {
  readonly name: string;
  readonly key: string;
}

/** The four Secrets' keys that one side's stores are. */
export interface EncryptionStores {
  readonly keystoreSecretRef: SecretKey;
  readonly keystorePasswordSecretRef: SecretKey;
  readonly truststoreSecretRef: SecretKey;
  readonly truststorePasswordSecretRef: SecretKey;
}

const PASSWORD_KEY = 'password';

/**
 * The stores of a side. They are cert-manager's own; only while one CA takes
 * another's place is the truststore one of Ringfence's, since cert-manager puts
 * one CA alone into its.
 */
export function encryptionStores(
  spec: K8ssandraSpec,
  side: StoreSide,
): EncryptionStores {
  const leaf = storeNames.certificate(spec, side);
  const generated = { name: storeNames.password(spec), key: PASSWORD_KEY };
  const trust = ownNames.trust(spec, side);
  const isRotating = trustsSeveral(spec, side);
  return {
    keystoreSecretRef: { name: leaf, key: 'keystore.jks' },
    keystorePasswordSecretRef: generated,
    truststoreSecretRef: {
      name: isRotating ? trust : leaf,
      key: 'truststore.jks',
    },
    truststorePasswordSecretRef: isRotating
      ? { name: trust, key: PASSWORD_KEY }
      : generated,
  };
}

/** Whether one CA takes another's place. */
export function trustsSeveral(spec: K8ssandraSpec, side: StoreSide): boolean {
  return trustedAuthorities(spec, side).length > 1;
}

/** Secrets with the CAs of the sides that trust several. */
export function severalAuthorities(spec: K8ssandraSpec): string[] {
  return encryptedSides(spec)
    .filter(side => trustsSeveral(spec, side))
    .flatMap(side => authoritySecrets(spec, side));
}

/**
 * The truststores with several CAs. What is in them is public, so they have the
 * password that everybody knows. None until every CA is there: a store that
 * lacks one would shut its clients out.
 */
export function trustSecrets(
  spec: K8ssandraSpec,
  { certificates = {} }: Observed,
): Manifest[] {
  return encryptedSides(spec)
    .filter(side => trustsSeveral(spec, side))
    .flatMap(side => {
      const secrets = authoritySecrets(spec, side);
      const pems = secrets.flatMap(name => certificates[name] ?? []);
      if (pems.length < secrets.length) return [];
      return [trustSecret(spec, side, pems)];
    });
}

function trustSecret(
  spec: K8ssandraSpec,
  side: StoreSide,
  pems: readonly string[],
): Manifest {
  // Java reads PKCS #12 too where it is told JKS.
  const store = makeTruststore(pems.flatMap(readCertificates));
  return toManifest({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: ownNames.trust(spec, side),
      namespace: spec.namespace,
      labels: { ...commonLabels(spec, APPLICATION), ...replicatedLabels(spec) },
    },
    type: 'Opaque',
    data: {
      [PASSWORD_KEY]: Buffer.from(STORE_PASSWORD).toString('base64'),
      'truststore.jks': Buffer.from(store).toString('base64'),
    },
  });
}

/** Where the container of Cassandra has the options of nodetool. */
const NODETOOL_FOLDER = '/mnt/nodetool';
/** Key of the Secret with Java's options for nodetool, of which one is a password. */
const NODETOOL_FILE = 'nodetool.options';
/** Where the operator mounts the stores of clients. */
const CLIENT_STORES = '/mnt/client';

/**
 * The password of the stores, and the options by which nodetool opens them: the
 * operator encrypts JMX wherever clients are, and asks for a certificate there.
 * Options are in a file, since a command line can be read by everybody in the pod.
 */
export function storePasswordSecret(spec: K8ssandraSpec): SecretRecipe {
  return {
    name: storeNames.password(spec),
    labels: { ...commonLabels(spec, APPLICATION), ...replicatedLabels(spec) },
    data: {
      [PASSWORD_KEY]: password,
      [NODETOOL_FILE]: {
        from: 'template',
        text: [
          '-Dssl.enable=true',
          `-Djavax.net.ssl.keyStore=${CLIENT_STORES}-keystore/keystore`,
          '-Djavax.net.ssl.keyStorePassword={{password}}',
          // Java reads what is public in it without its password, which differs while a CA is rotated.
          `-Djavax.net.ssl.trustStore=${CLIENT_STORES}-truststore/truststore`,
          '',
        ].join('\n'),
      },
    },
  };
}

/** A command of nodetool as it works in a node's container. */
export function nodetool(
  { tls }: Pick<K8ssandraSpec, 'tls'>,
  ...command: readonly string[]
): string[] {
  if (!tls.client.enabled) return ['nodetool', ...command];
  return [
    'env',
    `JVM_OPTS=@${NODETOOL_FOLDER}/${NODETOOL_FILE}`,
    'nodetool',
    ...command,
  ];
}

/** The volume with those options. */
export function nodetoolVolumes(spec: K8ssandraSpec) {
  if (!spec.tls.client.enabled) return [];
  const items = [{ key: NODETOOL_FILE, path: NODETOOL_FILE }];
  return [
    {
      name: 'nodetool',
      secret: { secretName: storeNames.password(spec), items },
    },
  ];
}

/** Where the container of Cassandra has them. */
export function nodetoolMounts(spec: K8ssandraSpec) {
  return spec.tls.client.enabled
    ? [{ name: 'nodetool', mountPath: NODETOOL_FOLDER, readOnly: true }]
    : [];
}
