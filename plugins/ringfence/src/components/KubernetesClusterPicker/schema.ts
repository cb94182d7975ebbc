import { makeFieldSchema } from '@backstage/plugin-scaffolder-react';

/** Value and options of the field: the Kubernetes cluster's name; which blueprint it is asked for. */
export const kubernetesClusterPickerSchema = makeFieldSchema({
  output: z => z.string(),
  uiOptions: z =>
    z.object({
      blueprint: z
        .string()
        .optional()
        .describe(
          'Blueprint whose requirements a Kubernetes cluster must meet; default "scylladb-ambient"',
        ),
    }),
});

/** Name of the field, for `ui:field` in a template. */
export const KUBERNETES_CLUSTER_PICKER = 'RingfenceKubernetesClusterPicker';

/** The blueprint where the template names none. */
export const DEFAULT_BLUEPRINT = 'scylladb-ambient';
