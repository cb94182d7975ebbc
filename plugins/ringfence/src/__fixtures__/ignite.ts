import type {
  Access,
  Database,
  DatabaseDetails,
  Report,
} from '@ringfence/backstage-plugin-ringfence-common';
import { access, database } from './access';
import { createDetails } from './details';
import { createReports } from './reports';

const REST = 'orders-gateway-istio.orders.svc.cluster.local';

/** How to connect to an Ignite cluster named `orders`. */
export const igniteAccess: Access = {
  ...access,
  connection: {
    ...access.connection,
    database: { ...access.connection.database, blueprint: 'ignite-sidecar' },
    protocol: 'ignite',
    endpoints: [
      { scope: 'external', host: '127.0.7.1', port: 10800 },
      { scope: 'in-cluster', host: REST, port: 10800 },
    ],
    cql: undefined,
    rest: {
      endpoints: [
        { scope: 'external', host: '127.0.7.1', port: 8443 },
        { scope: 'in-cluster', host: REST, port: 8443 },
      ],
    },
  },
  bundle: {
    ...access.bundle,
    files: [
      ...access.bundle.files.slice(0, 3),
      {
        path: 'curl/rest.sh',
        description: 'Sends a command to the REST API over HTTPS',
        bytes: 1204,
      },
    ],
  },
  snippets: [
    {
      id: 'curl',
      title: 'REST, curl',
      path: 'curl/rest.sh',
      language: 'bash',
      text: "curl --cacert ca.crt 'https://orders.example.com:8443/ignite'",
    },
    {
      id: 'java',
      title: 'Java',
      path: 'java/src/main/java/Example.java',
      language: 'java',
      note: 'By itself this client verifies no name and tells none: leave VerifiedTls in.',
      text: 'new ClientConfiguration().setAddresses("127.0.7.1:10800")',
    },
  ],
};

/** The database that it is of. */
export const igniteDatabase: Database = {
  ...database,
  blueprint: 'ignite-sidecar',
  blueprintTitle: 'Ignite with sidecars',
  wayIn: { ...database.wayIn, protocol: 'ignite' },
};

/** Its report: all holds. */
export function igniteReport(now = new Date()): Report {
  const { healthy } = createReports(now);
  return {
    ...healthy,
    blueprint: 'ignite-sidecar',
    topology: 'cluster',
    nodes: healthy.nodes.map(node => ({ ...node, summary: 'in the topology' })),
    findings: healthy.findings.map(finding =>
      finding.category === 'ring' || finding.check.startsWith('gateway')
        ? {
            ...finding,
            title: 'Nodes and gateway',
            summary: '3 nodes in the topology',
            evidence: {},
          }
        : finding,
    ),
  };
}

/** What the tab shows of it: its nodes tell no place and no load. */
export function igniteDetails(now = new Date()): DatabaseDetails {
  const details = createDetails(now);
  return {
    ...details,
    warnings: [],
    nodes: details.nodes.map(({ datacenter, rack, load, ...node }) => ({
      ...node,
      ring: 'in the topology',
      datacenter: '',
    })),
  };
}
