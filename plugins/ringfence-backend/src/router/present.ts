import type {
  BlueprintSummary,
  DatabaseSummary,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { Blueprint } from '@ringfence/backstage-plugin-ringfence-node';
import { zodToJsonSchema } from 'zod-to-json-schema';
import type { StoredDatabase } from '../databases/Databases';

/** A database as lists show it. */
export function toSummary(database: StoredDatabase): DatabaseSummary {
  const { ref, spec, blueprint, state, simulated } = database;
  return {
    kubernetesCluster: ref.kubernetesCluster,
    namespace: ref.namespace,
    name: spec.name,
    blueprint: spec.blueprint,
    blueprintTitle: blueprint.title,
    owner: spec.owner,
    state,
    ...(simulated && { simulated }),
  };
}

/** A blueprint with the JSON Schema of what users write: fields with a default are optional. */
export function toBlueprintSummary(
  blueprint: Blueprint<any>,
): BlueprintSummary {
  const { kind, title, description, schema } = blueprint;
  return {
    kind,
    title,
    description,
    schema: { ...zodToJsonSchema(schema, { $refStrategy: 'none' }) },
  };
}
