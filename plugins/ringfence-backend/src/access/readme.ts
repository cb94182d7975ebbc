import type { X509Certificate } from 'node:crypto';
import type { Connection } from '@ringfence/connection';
import { hostPort } from '@ringfence/connection/dial';
import { notAfter, subjectText } from '../checks/x509';
import { PASSWORD_VARIABLE, type Client, type ClientValues } from './clients';
import { commentText, markdownCode } from './clients/quote';

/** What the bundle's README is made of. */
export interface ReadmeInput {
  readonly connection: Connection;
  readonly authorities: readonly X509Certificate[];
  readonly clients: readonly Client[];
  readonly values: ClientValues;
}

/** The bundle's `README.md`: three steps, then the particulars. */
export function readme({
  connection,
  authorities,
  clients,
  values,
}: ReadmeInput): string {
  const { database, role, simulated } = connection;
  return `# Connect to ${commentText(database.name)}

${
  simulated ? `**Simulated:** ${commentText(simulated)}\n\n` : ''
}All that a client needs to reach database ${markdownCode(
    database.name,
  )} through its gateway, except the password. Nothing in this folder is secret.

1. Take the password of role ${markdownCode(
    role ?? '',
  )} from the portal, and set it without leaving it in your shell's history:

   \`\`\`sh
   read -rs ${PASSWORD_VARIABLE} && export ${PASSWORD_VARIABLE}
   \`\`\`

2. Run one of these, in this folder:

${clients.map(client => clientText(client, values)).join('\n')}
3. Or let any client of yours come in through a local proxy that verifies the gateway for it:

   \`\`\`sh
   npx @ringfence/connect up .
   \`\`\`

## Where, and whom to trust

${particulars(connection, authorities)}
When the CA is replaced, a new bundle is needed: download it from the portal before the date above.
`;
}

function clientText(client: Client, values: ClientValues): string {
  const { title, note } = client;
  const lines = client
    .run(values)
    .map(line => `     ${line}\n`)
    .join('');
  return `   - ${title}${note ? `: ${note}` : ''}

     \`\`\`sh
${lines}     \`\`\`
`;
}

function particulars(
  { database, endpoints, tls, cql }: Connection,
  authorities: readonly X509Certificate[],
): string {
  const rows = [
    [
      'Kubernetes cluster and namespace',
      `${database.kubernetesCluster}/${database.namespace}`,
    ],
    ...endpoints.map(({ scope, host, port }) => [
      scope === 'external' ? 'From outside' : 'Inside the Kubernetes cluster',
      hostPort(host, port),
    ]),
    ['Name to verify', tls.serverName],
    ['TLS', `${tls.minVersion.replace('TLSv', '')} or later`],
    ...(cql ? [['Datacenter', cql.datacenter]] : []),
    ...authorities.flatMap(authority => [
      ['CA', subjectText(authority)],
      ['SHA-256 of the CA', authority.fingerprint256],
      [
        'CA and this bundle end on',
        notAfter(authority).toISOString().slice(0, 10),
      ],
    ]),
  ];
  return rows
    .map(([label, value]) => `- ${label}: ${markdownCode(value)}\n`)
    .join('');
}
