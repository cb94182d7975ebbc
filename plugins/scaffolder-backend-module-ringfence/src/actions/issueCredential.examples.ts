import type { TemplateExample } from '@backstage/plugin-scaffolder-node';
import { stringify } from 'yaml';

export const examples: TemplateExample[] = [
  {
    description: 'A role that may read one keyspace, for the team of reports',
    example: stringify({
      steps: [
        {
          id: 'issue',
          action: 'ringfence:credentials:issue',
          name: 'Issue a role',
          input: {
            database: 'eu-1/orders',
            name: 'reports',
            team: 'group:default/analytics',
            keyspaces: ['shop'],
            access: 'read',
          },
        },
      ],
    }),
  },
];
