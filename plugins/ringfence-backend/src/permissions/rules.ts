import { NotFoundError } from '@backstage/errors';
import {
  createConditionAuthorizer,
  createPermissionRule,
  type PermissionRule,
} from '@backstage/plugin-permission-node';
import type { PolicyDecision } from '@backstage/plugin-permission-common';
import { z } from 'zod/v3';
import { databaseResourceRef, type DatabaseResource } from './resource';

/** Entity refs are compared without regard to case, as the catalog does. */
const normalize = (entityRef: string) => entityRef.toLocaleLowerCase('en-US');

function isOwner({ spec }: DatabaseResource, claims: readonly string[]) {
  return claims.map(normalize).includes(normalize(spec.owner));
}

/**
 * The framework's types are of another copy of zod, and comparing the two is
 * more than the compiler can bear; what parses is the same.
 */
const schemaOf = (shape: z.ZodRawShape): never => z.object(shape) as never;

type Ref = typeof databaseResourceRef;

const ownerRule = createPermissionRule<Ref, { claims: string[] }>({
  name: 'IS_OWNER',
  description: 'Allow databases whose owner is one of these',
  resourceRef: databaseResourceRef,
  paramsSchema: schemaOf({
    claims: z
      .array(z.string())
      .describe('Entity refs, such as those that a user owns entities through'),
  }),
  apply: (database, { claims }) => isOwner(database, claims),
  toQuery:
    ({ claims }) =>
    database =>
      isOwner(database, claims),
});

const kubernetesClusterRule = createPermissionRule<
  Ref,
  { kubernetesClusters: string[] }
>({
  name: 'IS_KUBERNETES_CLUSTER',
  description: 'Allow databases in one of these Kubernetes clusters',
  resourceRef: databaseResourceRef,
  paramsSchema: schemaOf({
    kubernetesClusters: z.array(z.string()).describe('Names of them'),
  }),
  apply: ({ ref }, { kubernetesClusters }) =>
    kubernetesClusters.includes(ref.kubernetesCluster),
  toQuery:
    ({ kubernetesClusters }) =>
    ({ ref }) =>
      kubernetesClusters.includes(ref.kubernetesCluster),
});

const blueprintRule = createPermissionRule<Ref, { blueprints: string[] }>({
  name: 'IS_BLUEPRINT',
  description: 'Allow databases of one of these blueprints',
  resourceRef: databaseResourceRef,
  paramsSchema: schemaOf({
    blueprints: z.array(z.string()).describe('Kinds, such as scylladb-ambient'),
  }),
  apply: ({ spec }, { blueprints }) => blueprints.includes(spec.blueprint),
  toQuery:
    ({ blueprints }) =>
    ({ spec }) =>
      blueprints.includes(spec.blueprint),
});

/** By the name under which policies know them. */
export const databaseRules = {
  isOwner: ownerRule,
  isKubernetesCluster: kubernetesClusterRule,
  isBlueprint: blueprintRule,
};

/**
 * Answers decisions for databases that are known here, conditional ones by
 * their conditions. A rule that nobody knows is an error: nothing is allowed.
 */
export function createDatabaseConditions(): (
  decision: PolicyDecision,
  database: DatabaseResource,
) => boolean {
  const rules = Object.values(databaseRules) as unknown as PermissionRule<
    DatabaseResource,
    unknown,
    string
  >[];
  return createConditionAuthorizer<DatabaseResource>({
    getRuleByName(name) {
      const rule = rules.find(candidate => candidate.name === name);
      if (rule) return rule;
      throw new NotFoundError(
        `Permission rule "${name}" is none of Ringfence's: ${rules
          .map(known => known.name)
          .join(', ')}`,
      );
    },
  });
}
