import { hostPort } from '@ringfence/connection/dial';
import { type Client, type ClientValues } from '../Client';
import { certificateLines, versionLines } from '../node';
import { stringLiteral } from '../quote';

const loginLines = ({ username }: ClientValues) =>
  username
    ? `
  .setUserName(${stringLiteral(username)})
  .setPassword(password)`
    : '';

const passwordLines = ({ username, passwordVariable }: ClientValues) =>
  username
    ? `
const password = process.env.${passwordVariable};
if (!password) throw new Error('Set ${passwordVariable}');
`
    : '';

const example = (values: ClientValues) => `'use strict';

const fs = require('node:fs');
const path = require('node:path');
const IgniteClient = require('apache-ignite-client');
${passwordLines(values)}
const configuration = new IgniteClient.IgniteClientConfiguration(${stringLiteral(
  hostPort(values.host, values.port),
)})${loginLines(values)}
  .setConnectionOptions(true, {
    ca: [fs.readFileSync(path.join(__dirname, '..', 'ca.crt'))],
    // Told to the gateway and verified.
    servername: ${stringLiteral(values.serverName)},
    rejectUnauthorized: true,
    ${versionLines(values)}${certificateLines(values)}
    // false: the nodes' own addresses are not dialled, the gateway picks the node.
  }, false);

async function main() {
  const client = new IgniteClient();
  try {
    await client.connect(configuration);
    console.log('Connected, caches:', await client.cacheNames());
  } finally {
    client.disconnect();
  }
}

main().catch(error => {
  console.error(error.message);
  process.exitCode = 1;
});
`;

const PACKAGE = `${JSON.stringify(
  {
    name: 'ringfence-example',
    private: true,
    type: 'commonjs',
    dependencies: { 'apache-ignite-client': '^1.0.0' },
  },
  undefined,
  2,
)}\n`;

/** apache-ignite-client for Node. */
export const node: Client = {
  id: 'node',
  title: 'Node',
  language: 'javascript',
  insistsOnHybrid: true,
  run: () => ['cd node', 'npm install', 'node example.js'],
  files: values => [
    {
      path: 'node/example.js',
      description: 'Connects and prints the caches',
      text: example(values),
    },
    {
      path: 'node/package.json',
      description: 'What the example needs',
      text: PACKAGE,
    },
  ],
};
