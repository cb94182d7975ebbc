import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import type { Membership } from './membership';
import type { Client, Workload } from './readClient';
import type { Verdict } from '../checks/verdict';

/** What the questions about the way inside the mesh share. */
export interface Situation {
  readonly facts: Facts;
  readonly client: Client;
  readonly workload: Workload;
  readonly membership: Membership;
  /** `yes`: plaintext from outside of the mesh is refused. */
  readonly strict: Verdict;
  readonly now: Date;
}
