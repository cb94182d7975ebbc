import { createConditionExports } from '@backstage/plugin-permission-node';
import { databaseResourceRef } from './resource';
import { databaseRules } from './rules';

const { conditions, createConditionalDecision } = createConditionExports({
  resourceRef: databaseResourceRef,
  rules: databaseRules,
});

/** What a policy may ask of a database: `isOwner`, `isKubernetesCluster`, `isBlueprint`. */
export const databaseConditions = conditions;
/** Makes a policy's decision of conditions on databases. */
export const createDatabaseConditionalDecision = createConditionalDecision;
