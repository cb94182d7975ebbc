// Loaded before the bundle's example: the client that it makes runs the
// statements of a file, one a line, before it is shut down.
const fs = require('node:fs');
const { Client } = require('cassandra-driver');

const { shutdown } = Client.prototype;
const statements = fs
  .readFileSync(process.env.STATEMENTS, 'utf8')
  .trim()
  .split('\n');

Client.prototype.shutdown = async function runStatements(...args) {
  let result;
  for (const statement of statements) result = await this.execute(statement);
  process.stdout.write(`${result.rows[0].name}\n`);
  return shutdown.apply(this, args);
};
