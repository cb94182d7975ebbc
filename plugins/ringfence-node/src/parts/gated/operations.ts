import type { Operation } from '../../blueprint';
import { authorityObjects } from '../authorities';
import { hasOwnCa, type GatedDatabase, type GatedSpec } from './GatedDatabase';
import { caRotationStages } from './stages';

/** Its CA can be rotated where it is its own. */
export function gatedOperations(
  spec: GatedSpec,
  database: GatedDatabase,
): Operation[] {
  if (!hasOwnCa(spec)) return [];
  return [
    {
      name: 'rotate-ca',
      title: 'Rotate the CA',
      stages: platform => caRotationStages({ spec, platform, database }),
      obsolete: authority => authorityObjects(spec, authority),
    },
  ];
}
