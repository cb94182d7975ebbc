import type { X509Certificate } from 'node:crypto';
import type { Connection, Endpoint } from '@ringfence/connection';
import { hostPort } from '@ringfence/connection/dial';
import { notAfter, subjectText } from '../checks/x509';
import type { Client, ClientValues } from './clients';
import { HYBRID_GROUP } from './clients/Client';
import { commentText, markdownCode } from './clients/quote';

/** What the bundle's README is made of. */
export interface ReadmeInput {
  readonly connection: Connection;
  readonly authorities: readonly X509Certificate[];
  readonly clients: readonly Client[];
  /** Those that this database cannot be reached by, or not as it asks. */
  readonly excluded: readonly Client[];
  readonly values: ClientValues;
  /** Files with the client's key. */
  readonly secretFiles: readonly string[];
}

/** The bundle's `README.md`: three steps, then the particulars. */
export function readme({
  connection,
  authorities,
  clients,
  excluded,
  values,
  secretFiles,
}: ReadmeInput): string {
  const { database, simulated } = connection;
  const runStep = values.username ? 2 : 1;
  return `# Connect to ${commentText(database.name)}

${
  simulated ? `**Simulated:** ${commentText(simulated)}\n\n` : ''
}All that a client needs to reach database ${markdownCode(database.name)}${
    values.username ? ', except the password' : ''
  }. ${secrecy(connection, secretFiles)}

${passwordStep(values)}${runStep}. Run one of these, in this folder:

${clients.map(client => clientText(client, values)).join('\n')}
${
  runStep + 1
}. Or let any client of yours come in through a local proxy that verifies the database for it:

   \`\`\`sh
   npx @ringfence/connect up .
   \`\`\`

${hybridText(excluded, values, runStep + 1)}${nodesText(
    clients,
    values,
  )}## Where, and whom to trust

${particulars(connection, authorities)}
When the CA is replaced, a new bundle is needed: download it from the portal before the date above.
`;
}

/** How to set the password; nothing where the database knows no logins. */
function passwordStep({
  username,
  passwordVariable,
  protocol,
}: ClientValues): string {
  if (!username) return '';
  return `1. Take the password of ${
    protocol === 'cql' ? 'role' : 'user'
  } ${markdownCode(
    username,
  )} from the portal, and set it without leaving it in your shell's history:

   \`\`\`sh
   read -rs ${passwordVariable} && export ${passwordVariable}
   \`\`\`

`;
}

function secrecy(
  { tls: { clientCertificate } }: Connection,
  secretFiles: readonly string[],
): string {
  if (!clientCertificate) return 'Nothing in this folder is secret.';
  const { certificateFile, team } = clientCertificate;
  const files = secretFiles.map(markdownCode).join(', ');
  return `These files are secret: ${files}. Whoever has one of them is ${markdownCode(
    team,
  )} to the database, with ${markdownCode(certificateFile)}.`;
}

/** Who is not served, and why: a client that is not told to insist would fall back without a word. */
function hybridText(
  excluded: readonly Client[],
  { needsHybrid }: ClientValues,
  proxyStep: number,
): string {
  if (!needsHybrid) return '';
  const titles = excluded.map(({ title }) => title).join(', ');
  return `## The post-quantum hybrid

This database asks for the key exchange ${HYBRID_GROUP}. Each file above makes no connection without it. There is none for these, since their TLS cannot be told to insist on it: ${titles}. Let them come in through the local proxy of step ${proxyStep}, which does (with Node 24 or later).

`;
}

/** Which clients reach the nodes by name. */
function nodesText(
  clients: readonly Client[],
  { nodes }: ClientValues,
): string {
  if (nodes.length === 0) return '';
  const titles = (isPerNode: boolean) =>
    clients
      .filter(client => (client.isPerNode ?? false) === isPerNode)
      .map(({ title }) => title)
      .join(', ');
  return `## Nodes by name

These go to the node that holds a row: ${titles(
    true,
  )}. The drivers of the others cannot tell nodes apart behind a gateway, which picks one for each connection: ${titles(
    false,
  )}.

Java finds the gateway by the name of each node, so DNS must lead these names to it: ${nodes
    .map(({ serverName }) => markdownCode(serverName))
    .join(
      ', ',
    )}. After a node's pod was replaced, the node has another address: until you download the bundle again, Java reaches it by the shared name, and the others know it by its host ID.

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

function placeOf({ scope }: Endpoint): string {
  return scope === 'external'
    ? 'From outside'
    : 'Inside the Kubernetes cluster';
}

function addressOf({ host, port }: Endpoint): string {
  return hostPort(host, port);
}

function particulars(
  { database, endpoints, tls, cql, rest }: Connection,
  authorities: readonly X509Certificate[],
): string {
  const rows = [
    [
      'Kubernetes cluster and namespace',
      `${database.kubernetesCluster}/${database.namespace}`,
    ],
    ...endpoints.map(endpoint => [placeOf(endpoint), addressOf(endpoint)]),
    ...(rest?.endpoints ?? []).map(endpoint => [
      `REST: ${placeOf(endpoint)}`,
      addressOf(endpoint),
    ]),
    ['Name to verify', tls.serverName],
    ['TLS', `${tls.minVersion.replace('TLSv', '')} or later`],
    ...(cql ? [['Datacenter', cql.datacenter]] : []),
    ...(tls.clientCertificate
      ? [
          [
            'Client certificate ends on',
            tls.clientCertificate.notAfter.slice(0, 10),
          ],
        ]
      : []),
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
