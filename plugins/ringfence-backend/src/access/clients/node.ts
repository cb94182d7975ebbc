import { hostPort } from '@ringfence/connection/dial';
import {
  HYBRID_GROUP,
  PASSWORD_VARIABLE,
  type Client,
  type ClientValues,
} from './Client';
import { stringLiteral } from './quote';

/** What the client shows of itself, in Node's TLS options. */
export const certificateLines = ({ certificate }: ClientValues) =>
  certificate
    ? `
    // What this client shows of itself.
    cert: fs.readFileSync(path.join(__dirname, '..', ${stringLiteral(
      certificate.certificate,
    )})),
    key: fs.readFileSync(path.join(__dirname, '..', ${stringLiteral(
      certificate.key,
    )})),`
    : '';

/** Which versions and groups it offers, in Node's TLS options. */
export const versionLines = ({ needsHybrid }: ClientValues) =>
  needsHybrid
    ? `// The post-quantum hybrid or nothing: it needs Node 24 and TLS 1.3.
    ecdhCurve: '${HYBRID_GROUP}',
    minVersion: 'TLSv1.3',`
    : `minVersion: 'TLSv1.2',`;

const example = (values: ClientValues) => `'use strict';

const fs = require('node:fs');
const path = require('node:path');
const cassandra = require('cassandra-driver');

const database = ${stringLiteral(hostPort(values.host, values.port))};
const password = process.env.${PASSWORD_VARIABLE};
if (!password) throw new Error('Set ${PASSWORD_VARIABLE}');

/** The nodes' own addresses are not dialled: all lead to the database's one name. */
class DatabaseTranslator extends cassandra.policies.addressResolution.AddressTranslator {
  translate(address, port, callback) {
    callback(database);
  }
}

const client = new cassandra.Client({
  contactPoints: [database],
  localDataCenter: ${stringLiteral(values.datacenter)},
  credentials: { username: ${stringLiteral(values.username)}, password },
  policies: { addressResolution: new DatabaseTranslator() },
  sslOptions: {
    ca: [fs.readFileSync(path.join(__dirname, '..', 'ca.crt'))],
    servername: ${stringLiteral(values.serverName)},
    // This driver's default is false: without this line nothing is verified.
    rejectUnauthorized: true,
    ${versionLines(values)}${certificateLines(values)}
  },
});

async function main() {
  const { rows } = await client.execute('SELECT cluster_name, release_version FROM system.local');
  console.log(\`Connected to \${rows[0].cluster_name}, version \${rows[0].release_version}\`);
}

main()
  .catch(error => {
    console.error(error);
    process.exitCode = 1;
  })
  .finally(() => client.shutdown());
`;

const PACKAGE = `${JSON.stringify(
  {
    name: 'ringfence-example',
    private: true,
    type: 'commonjs',
    dependencies: { 'cassandra-driver': '^4.8.0' },
  },
  undefined,
  2,
)}\n`;

/** cassandra-driver for Node. */
export const node: Client = {
  id: 'node',
  title: 'Node',
  language: 'javascript',
  note: 'This driver verifies nothing unless rejectUnauthorized is true: leave that line in.',
  insistsOnHybrid: true,
  run: () => ['cd node', 'npm install', 'node example.js'],
  files: values => [
    {
      path: 'node/example.js',
      description: 'Connects and prints the version',
      text: example(values),
    },
    {
      path: 'node/package.json',
      description: 'What the example needs',
      text: PACKAGE,
    },
  ],
};
