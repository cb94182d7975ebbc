import type { DatabaseSpec } from '@ringfence/backstage-plugin-ringfence-common';
import type {
  Blueprint,
  Check,
} from '@ringfence/backstage-plugin-ringfence-node';
import { commonChecks } from './commonChecks';

/** All that is asked about a database: what is asked about every one, and what its blueprint adds. */
export function checksOf(database: {
  readonly blueprint: Blueprint<any>;
  readonly spec: DatabaseSpec;
}): readonly Check[] {
  return [...commonChecks, ...database.blueprint.checks(database.spec)];
}
