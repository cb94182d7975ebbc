import type { Check } from '@ringfence/backstage-plugin-ringfence-node';
import type { K8ssandraSpec } from '../spec';

/** What is asked about a ring of K8ssandra besides what is asked about every database. */
export function k8ssandraChecks(_spec: K8ssandraSpec): Check[] {
  return [];
}
