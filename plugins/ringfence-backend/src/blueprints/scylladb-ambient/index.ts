import type { Blueprint } from '@ringfence/backstage-plugin-ringfence-node';
import { commonChecks } from '../../checks';
import { accessRecipe } from './access';
import { observationRecipe } from './observation';
import { scylladbAmbientRequirements } from './requirements';
import { KIND, scylladbAmbientSchema, type ScylladbAmbientSpec } from './spec';
import { scylladbAmbientStages } from './stages';

/** A ScyllaDB ring in an ambient mesh, reached through a TLS gateway. */
export const scylladbAmbient: Blueprint<ScylladbAmbientSpec> = {
  kind: KIND,
  title: 'ScyllaDB, ambient mesh',
  description:
    'A ScyllaDB ring fenced by Istio in ambient mode, with TLS at a gateway',
  schema: scylladbAmbientSchema,
  // A StatefulSet's volume claims cannot change, nor where a ring's nodes say they are.
  immutableFields: ['storage.size', 'storage.className', 'datacenter', 'rack'],
  presets: ({ storageClasses, gatewayClasses, issuers }) => ({
    storage: { className: storageClasses?.[0] },
    access: { gatewayClass: gatewayClasses?.[0] },
    certificate: { issuer: issuers?.[0] },
  }),
  requirements: scylladbAmbientRequirements,
  stages: scylladbAmbientStages,
  operations: () => [],
  checks: () => [...commonChecks],
  access: accessRecipe,
  observation: observationRecipe,
};

export type { ScylladbAmbientSpec } from './spec';
