import { hostPort } from '@ringfence/connection/dial';
import { PASSWORD_VARIABLE, type Client, type ClientValues } from './Client';
import { stringLiteral } from './quote';

const example = (values: ClientValues) => `'use strict';

const fs = require('node:fs');
const path = require('node:path');
const cassandra = require('cassandra-driver');

const gateway = ${stringLiteral(hostPort(values.host, values.port))};
const password = process.env.${PASSWORD_VARIABLE};
if (!password) throw new Error('Set ${PASSWORD_VARIABLE}');

/** The nodes' own addresses cannot be reached: all lead to the gateway. */
class GatewayTranslator extends cassandra.policies.addressResolution.AddressTranslator {
  translate(address, port, callback) {
    callback(gateway);
  }
}

const client = new cassandra.Client({
  contactPoints: [gateway],
  localDataCenter: ${stringLiteral(values.datacenter)},
  credentials: { username: ${stringLiteral(values.username)}, password },
  policies: { addressResolution: new GatewayTranslator() },
  sslOptions: {
    ca: [fs.readFileSync(path.join(__dirname, '..', 'ca.crt'))],
    servername: ${stringLiteral(values.serverName)},
    // This driver's default is false: without this line nothing is verified.
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
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
