import type { Check } from '@ringfence/backstage-plugin-ringfence-node';
import { certificatePeers } from '../../cassandra-keystores/checks/peers';
import { plaintextCheck } from '../../cassandra-keystores/checks/plaintext';
import { certificateReloaded } from '../../cassandra-keystores/checks/served';
import { certificateStores } from '../../cassandra-keystores/checks/stores';
import type { K8ssandraSpec } from '../spec';
import { ringEncryptionOptions } from './encryption';
import { certificateNamedStores } from './namedStores';
import { ringOperator } from './operator';
import { accessStorePasswords } from './passwords';
import { ringRestart } from './restart';
import { certificateStoreTrust } from './storeTrust';

/** What is asked about a ring of K8ssandra besides what is asked about every database. */
export function k8ssandraChecks(spec: K8ssandraSpec): Check[] {
  return [
    ringOperator(spec),
    ringEncryptionOptions(spec),
    ringRestart(spec),
    certificateNamedStores(spec),
    certificateStoreTrust(spec),
    accessStorePasswords(spec),
    // Of every ring whose nodes end TLS themselves.
    certificateStores,
    certificateReloaded,
    certificatePeers(spec),
    plaintextCheck(
      `kubectl get k8ssandracluster ${spec.name} -n ${spec.namespace} -o jsonpath='{.spec.cassandra.config.cassandraYaml.client_encryption_options}'`,
    ),
  ];
}
