import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

export const examples: TemplateExample[] = [
  {
    description:
      'A database for development, with all the defaults of its blueprint',
    example: stringify({
      steps: [
        {
          id: 'provision',
          action: 'ringfence:database:provision',
          name: 'Create the database',
          input: {
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
  {
    description:
      'A database for production, with a name of its own in its certificate',
    example: stringify({
      steps: [
        {
          id: 'provision',
          action: 'ringfence:database:provision',
          name: 'Create the database',
          input: {
            blueprint: 'scylladb-ambient',
            name: 'orders',
            kubernetesCluster: 'eu-1',
            namespace: 'orders',
            owner: 'group:default/payments',
            profile: 'production',
            storage: { className: 'fast-xfs', size: '200Gi' },
            access: { hostname: 'orders.db.example.com' },
          },
        },
      ],
    }),
  },
];
