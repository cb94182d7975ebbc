import {
  encryptedSides,
  isOwnAuthority,
  type Operation,
} from '@ringfence/backstage-plugin-ringfence-node';
import { authorityObjects } from './objects';
import type { K8ssandraSpec } from './spec';
import { rotationStages } from './stages';

/** The CAs of its own, of clients and of nodes, are rotated together; there is nothing to rotate where both are somebody else's. */
export function k8ssandraOperations(spec: K8ssandraSpec): Operation[] {
  const own = encryptedSides(spec).some(side => isOwnAuthority(spec, side));
  if (!own) return [];
  return [
    {
      name: 'rotate-ca',
      title: 'Rotate the CA',
      stages: platform => rotationStages(spec, platform),
      obsolete: authority => authorityObjects(spec, authority),
    },
  ];
}
