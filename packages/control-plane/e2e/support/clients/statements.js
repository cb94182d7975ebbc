// Loaded before the bundle's example: the client that it makes runs the
// statements of a file, one a line, before it is shut down.
//
// `REPEAT file statement` runs one until that file is there, and says how each went.
const fs = require('node:fs');
const { setTimeout: delay } = require('node:timers/promises');
const { Client } = require('cassandra-driver');

const { shutdown } = Client.prototype;
const statements = fs
  .readFileSync(process.env.STATEMENTS, 'utf8')
  .trim()
  .split('\n');

async function repeat(client, stop, statement) {
  while (!fs.existsSync(stop)) {
    const said = await client.execute(statement).then(
      () => 'ok',
      error => `failed ${error.message}`,
    );
    process.stdout.write(`${said.replaceAll('\n', ' ')}\n`);
    await delay(100);
  }
}

Client.prototype.shutdown = async function runStatements(...args) {
  let result;
  for (const statement of statements) {
    const [, stop, repeated] = /^REPEAT (\S+) (.*)/.exec(statement) ?? [];
    if (stop) await repeat(this, stop, repeated);
    else result = await this.execute(statement);
  }
  if (result) process.stdout.write(`${result.rows[0].name}\n`);
  await shutdown.apply(this, args);
  // After a node was lost, a connection of a pool that the driver has forgotten
  // may outlive its client, and would keep the process from its end.
  process.stdout.write('', () => process.exit());
};
