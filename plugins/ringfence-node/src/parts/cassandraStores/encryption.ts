import {
  storeNames,
  encryptedSides,
  type Stored,
  type StoreSide,
} from './names';
import { COMBINED_PEM } from './pki';
import { TRUST_KEY, trustVolumeSource } from './trust';

/**
 * Reads PEM files, which need no password: cassandra.yaml has no other place for
 * the password of a keystore, and operators copy it in clear into the objects
 * that they make. It takes several CAs, and files that change are read again.
 */
const PEM_FACTORY = {
  class_name: 'org.apache.cassandra.security.PEMBasedSslContextFactory',
};

const PROTOCOLS = ['TLSv1.3', 'TLSv1.2'];

/** Folder of a side's key and chain. */
export const storeFolder = (side: StoreSide) => `/mnt/${side}-stores`;
/** Folder of the CAs that a side trusts. */
export const trustFolder = (side: StoreSide) => `/mnt/${side}-trust`;

/** `client_encryption_options` and `server_encryption_options` of cassandra.yaml; nothing in them is secret. */
export function encryptionOptions({ tls }: Stored): Record<string, object> {
  return {
    client_encryption_options: tls.client.enabled
      ? { enabled: true, ...fileOptions('client') }
      : { enabled: false },
    server_encryption_options: tls.internode.enabled
      ? {
          internode_encryption: 'all',
          // Nodes share one certificate, which cannot name the address of each.
          require_endpoint_verification: false,
          ...fileOptions('internode'),
        }
      : { internode_encryption: 'none' },
  };
}

function fileOptions(side: StoreSide) {
  return {
    optional: false,
    require_client_auth: true,
    ssl_context_factory: PEM_FACTORY,
    keystore: `${storeFolder(side)}/${COMBINED_PEM}`,
    // The key is not encrypted; left out, Cassandra 4.1 takes "cassandra".
    keystore_password: '',
    truststore: `${trustFolder(side)}/${TRUST_KEY}`,
    accepted_protocols: PROTOCOLS,
  };
}

/** The volumes with those files. No subPath: such a mount never changes. */
export function storeVolumes(spec: Stored) {
  return encryptedSides(spec).flatMap(side => [
    {
      name: `${side}-stores`,
      secret: {
        secretName: storeNames.certificate(spec, side),
        // Nodes need no other form of the key.
        items: [{ key: COMBINED_PEM, path: COMBINED_PEM }],
      },
    },
    { name: `${side}-trust`, ...trustVolumeSource(spec, side) },
  ]);
}

/** Where a container has them. */
export function storeMounts(spec: Stored) {
  return encryptedSides(spec).flatMap(side => [
    { name: `${side}-stores`, mountPath: storeFolder(side), readOnly: true },
    { name: `${side}-trust`, mountPath: trustFolder(side), readOnly: true },
  ]);
}
