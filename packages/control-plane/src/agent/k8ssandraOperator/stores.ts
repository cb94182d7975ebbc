import type { ControllerCluster } from '@ringfence/sandbox/controllers';
import type { EncryptionStores, SecretKeyRef } from './ring';

/** Which encryption a store is for. */
export type Side = 'client' | 'server';
type Store = 'keystore' | 'truststore';

const STORES: readonly Store[] = ['keystore', 'truststore'];

/** Of one side: its passwords, read. */
export type StorePasswords = Readonly<Record<Store, string>>;

/** Of the sides that encrypt. */
export type Passwords = Readonly<Partial<Record<Side, StorePasswords>>>;

/** The sides that encrypt, with their stores. */
export type Encryption = Readonly<Partial<Record<Side, EncryptionStores>>>;

/**
 * Which sides encrypt: the client side with stores or without, the server side
 * with stores only, as the real operator has it.
 *
 * @throws where clients are to be encrypted without a store, in the operator's words
 */
export function readEncryption(options: Record<string, any>): Encryption {
  const yaml = options.config?.cassandraYaml ?? {};
  const encryption: { client?: EncryptionStores; server?: EncryptionStores } =
    {};
  if (yaml.client_encryption_options?.enabled === true) {
    encryption.client = options.clientEncryptionStores;
    if (!encryption.client) {
      throw new Error('EncryptionStores is required to set up encryption');
    }
  }
  const internode = yaml.server_encryption_options?.internode_encryption;
  if (options.serverEncryptionStores && internode && internode !== 'none') {
    encryption.server = options.serverEncryptionStores;
  }
  return encryption;
}

/**
 * Reads the passwords of the stores, not the stores: whether those are there
 * the real operator does not look at either.
 *
 * @throws where a password's Secret is not there, in the API server's words
 */
export async function readPasswords(
  kubernetes: Pick<ControllerCluster, 'get'>,
  namespace: string,
  encryption: Encryption,
): Promise<Passwords> {
  const passwords: Partial<Record<Side, StorePasswords>> = {};
  for (const [side, stores] of entries(encryption)) {
    const [keystore, truststore] = await Promise.all(
      STORES.map(store => readPassword(kubernetes, namespace, stores, store)),
    );
    passwords[side] = { keystore, truststore };
  }
  return passwords;
}

async function readPassword(
  kubernetes: Pick<ControllerCluster, 'get'>,
  namespace: string,
  stores: EncryptionStores,
  store: Store,
): Promise<string> {
  const ref = stores[`${store}PasswordSecretRef`];
  const { name, key = `${store}-password` }: SecretKeyRef =
    ref ?? stores[`${store}SecretRef`];
  const secret = await kubernetes.get({
    apiVersion: 'v1',
    kind: 'Secret',
    namespace,
    name,
  });
  if (!secret) throw new Error(`Secret "${name}" not found`);
  return Buffer.from(secret.data?.[key] ?? '', 'base64').toString();
}

function entries(encryption: Encryption): [Side, EncryptionStores][] {
  return Object.entries(encryption).filter(
    (entry): entry is [Side, EncryptionStores] => entry[1] !== undefined,
  );
}

/** The volumes of a node: each store by the name that Cassandra is told. */
export function storeVolumes(encryption: Encryption) {
  return entries(encryption).flatMap(([side, stores]) =>
    STORES.map(store => {
      const { name, key = store } = stores[`${store}SecretRef`];
      return {
        name: `${side}-${store}`,
        secret: { secretName: name, items: [{ key, path: store }] },
      };
    }),
  );
}

/** Where Cassandra's container has them. */
export function storeMounts(encryption: Encryption) {
  return entries(encryption).flatMap(([side]) =>
    STORES.map(store => ({
      name: `${side}-${store}`,
      mountPath: folder(side, store),
    })),
  );
}

/** The options of a side with the stores put in, their passwords in clear. What the spec says itself stays. */
export function withStores(
  yaml: Readonly<Record<string, any>>,
  passwords: Passwords,
): Record<string, any> {
  const filled: Record<string, any> = { ...yaml };
  for (const [side, { keystore, truststore }] of Object.entries(passwords)) {
    const name = `${side}_encryption_options`;
    filled[name] = {
      keystore: file(side as Side, 'keystore'),
      keystore_password: keystore,
      truststore: file(side as Side, 'truststore'),
      truststore_password: truststore,
      ...yaml[name],
    };
  }
  return filled;
}

/** Options of a node's JVM: with clients, JMX is encrypted and asks for a certificate. */
export function jmxOptions({ client }: Passwords): string[] {
  if (!client) return [];
  const ssl = '-Djavax.net.ssl';
  return [
    `${ssl}.trustStorePassword=${client.truststore}`,
    `${ssl}.keyStorePassword=${client.keystore}`,
    `${ssl}.trustStore=${file('client', 'truststore')}`,
    `${ssl}.keyStore=${file('client', 'keystore')}`,
    '-Dcom.sun.management.jmxremote.ssl.need.client.auth=true',
    '-Dcom.sun.management.jmxremote.ssl=true',
  ];
}

function folder(side: Side, store: Store): string {
  return `/mnt/${side}-${store}`;
}

function file(side: Side, store: Store): string {
  return `${folder(side, store)}/${store}`;
}
