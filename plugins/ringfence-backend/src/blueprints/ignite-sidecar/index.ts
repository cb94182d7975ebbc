import {
  gatedOperations,
  type Blueprint,
} from '@ringfence/backstage-plugin-ringfence-node';
import { igniteSidecarAccess } from './access';
import { igniteSidecarChecks } from './checks';
import { igniteDatabase } from './database';
import { LICENCE_FIELD } from './licence';
import { igniteSidecarObservation } from './observation';
import { igniteSidecarSchema, KIND, type IgniteSidecarSpec } from './spec';
import { igniteSidecarRequirements } from './requirements';
import { igniteSidecarStages } from './stages';

/** An Apache Ignite or GridGain cluster with Istio's sidecars, reached through a TLS gateway. */
export const igniteSidecar: Blueprint<IgniteSidecarSpec> = {
  kind: KIND,
  title: 'Ignite, sidecars',
  description:
    'Choose it for caches and SQL in memory: Apache Ignite 2 or GridGain 8, a sidecar in each pod, thin clients and REST over TLS at a gateway',
  schema: igniteSidecarSchema,
  secretFields: [LICENCE_FIELD],
  // A StatefulSet's volume claims cannot change, nor can what is on a volume become another product's.
  immutableFields: [
    'product',
    'persistence.enabled',
    'storage.size',
    'storage.className',
  ],
  presets: ({ storageClasses, gatewayClasses, issuers }) => ({
    storage: { className: storageClasses?.[0] },
    access: { gatewayClass: gatewayClasses?.[0] },
    certificate: { issuer: issuers?.[0] },
  }),
  requirements: igniteSidecarRequirements,
  stages: igniteSidecarStages,
  operations: spec => gatedOperations(spec, igniteDatabase(spec)),
  checks: igniteSidecarChecks,
  access: igniteSidecarAccess,
  observation: igniteSidecarObservation,
};

export type { IgniteSidecarSpec } from './spec';
