import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

export const examples: TemplateExample[] = [
  {
    description: 'The manifests of a database, in a folder of a repository',
    example: stringify({
      steps: [
        {
          id: 'render',
          action: 'ringfence:database:render',
          name: 'Write the manifests',
          input: {
            targetPath: 'databases/orders',
            blueprint: 'scylladb-ambient',
            name: 'orders',
            kubernetesCluster: 'eu-1',
            namespace: 'orders',
            owner: 'group:default/payments',
          },
        },
      ],
    }),
  },
];
