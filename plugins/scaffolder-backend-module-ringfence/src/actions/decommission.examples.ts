import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

const step = (input: Record<string, unknown>) =>
  stringify({
    steps: [
      {
        id: 'decommission',
        action: 'ringfence:database:decommission',
        name: 'Remove the database',
        input,
      },
    ],
  });

export const examples: TemplateExample[] = [
  {
    description: 'Removes a database and keeps its data',
    example: step({ database: 'eu-1/orders', confirm: 'orders' }),
  },
  {
    description: 'Removes a database and its data',
    example: step({
      database: 'eu-1/orders',
      confirm: 'orders',
      deleteVolumes: true,
    }),
  },
];
