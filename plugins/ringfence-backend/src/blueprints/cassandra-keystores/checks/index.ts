import type { Check } from '@ringfence/backstage-plugin-ringfence-node';
import type { CassandraKeystoresSpec } from '../spec';
import { ringEncryption } from './encryption';
import { certificatePeers } from './peers';
import { accessPlaintext } from './plaintext';
import { ringRolled } from './rolled';
import { certificateReloaded } from './served';
import { certificateStores } from './stores';

/** What is asked about a ring with TLS of its own besides what is asked about every database. */
export function cassandraKeystoresChecks(
  spec: CassandraKeystoresSpec,
): Check[] {
  return [
    certificateStores,
    certificateReloaded,
    certificatePeers(spec),
    ringEncryption(spec),
    ringRolled(spec),
    accessPlaintext,
  ];
}
