import type { TemplateActionOptions } from '@backstage/plugin-scaffolder-node';

type InputSchema = NonNullable<
  NonNullable<TemplateActionOptions['schema']>['input']
>;

/** The zod that the scaffolder hands over; another copy of it has other types. */
type Z = Parameters<InputSchema[string]>[0];

type StringSchema = ReturnType<Z['string']>;

type SpecField =
  | 'blueprint'
  | 'name'
  | 'kubernetesCluster'
  | 'namespace'
  | 'owner';

/**
 * The fields that every spec has. The blueprint's own fields pass through: the
 * backend reads the whole spec and names each field that is wrong.
 */
export const specFields = (z: Z): Record<SpecField, StringSchema> => ({
  blueprint: z
    .string()
    .describe('Kind of database, such as `scylladb-ambient`'),
  name: z.string().describe('Name of the database: a DNS label'),
  kubernetesCluster: z.string().describe('Kubernetes cluster that it runs in'),
  namespace: z
    .string()
    .describe('Namespace, made for this database alone: a DNS label'),
  owner: z
    .string()
    .describe(
      'Complete entity ref of the user or group that owns it; you must be one of them',
    ),
});

/** Input of an action that takes a spec, and nothing else. */
export const specInput = (z: Z): ReturnType<InputSchema[string]> =>
  z
    .object(specFields(z))
    .passthrough()
    .describe('The spec of the database; further fields are the blueprint’s');
