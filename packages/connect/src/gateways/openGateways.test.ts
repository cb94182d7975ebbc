import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mintCa } from '@ringfence/connection/testUtils';
import {
  connectionFor,
  startTestGateway,
  until,
  type TestGateway,
} from '../__testUtils__/gateway';
import { openGateways } from './openGateways';

let folder: string;
let gateways: TestGateway[];
let unfollow: () => void;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'connect-'));
  gateways = await Promise.all([startTestGateway(), startTestGateway()]);
  unfollow = () => {};
});

afterEach(async () => {
  unfollow();
  gateways.forEach(({ close }) => close());
  await rm(folder, { recursive: true });
});

async function write({ connection, caPem }: TestGateway) {
  await writeFile(join(folder, 'ca.crt'), caPem);
  await writeFile(
    join(folder, 'connection.json'),
    JSON.stringify(connection()),
  );
}

async function follow() {
  const lines: string[] = [];
  const opened = await openGateways(folder, {}, {});
  unfollow = opened.follow(line => lines.push(line), 20);
  return { lines, dial: () => opened.gateways.dial() };
}

it('takes a bundle that was replaced on disk for new connections', async () => {
  await write(gateways[0]);
  const { lines, dial } = await follow();
  const before = await dial();
  await write(gateways[1]);
  await until(() =>
    lines.some(line => line.endsWith('new connections use it')),
  );
  const after = await dial();

  expect(before.target.port).toBe(gateways[0].port);
  expect(after.target.port).toBe(gateways[1].port);
  expect(before.socket.destroyed).toBe(false);
});

it('keeps the last good one where what replaces it cannot be used', async () => {
  await write(gateways[0]);
  const { lines, dial } = await follow();
  await writeFile(join(folder, 'connection.json'), '{"cut');
  await until(() => lines.length > 0);

  expect(lines[0]).toMatch(
    /was replaced and cannot be used, the last one stays: .*connection\.json is not JSON/,
  );
  expect((await dial()).target.port).toBe(gateways[0].port);
});

const DAY_MS = 24 * 60 * 60 * 1000;

it.each<[string, () => Promise<void>, RegExp]>([
  [
    'is of another database',
    async () => {
      const { connection, caPem } = gateways[1];
      const { database } = connection();
      const changes = { database: { ...database, namespace: 'payments' } };
      await writeFile(join(folder, 'ca.crt'), caPem);
      await writeFile(
        join(folder, 'connection.json'),
        JSON.stringify(connection(changes)),
      );
    },
    /is for database "eu-1\/payments", not for "eu-1\/orders"/,
  ],
  [
    'has a CA that has expired',
    async () => {
      const { certPem } = await mintCa({
        name: 'old CA',
        notBefore: new Date(Date.now() - 2 * DAY_MS),
        notAfter: new Date(Date.now() - DAY_MS),
      });
      await writeFile(join(folder, 'ca.crt'), certPem);
      await writeFile(
        join(folder, 'connection.json'),
        JSON.stringify(connectionFor(gateways[1].port, certPem)),
      );
    },
    /The CA of bundle .* expired on \d{4}-.*Download a new bundle/,
  ],
  [
    'others can change',
    async () => {
      await write(gateways[1]);
      await chmod(join(folder, 'ca.crt'), 0o666);
    },
    /File "ca\.crt" of bundle .* can be changed by every user of this machine/,
  ],
  ['is gone', () => rm(join(folder, 'ca.crt')), /Bundle .* lacks ca\.crt/],
])(
  'keeps the last good one where what replaces it %s',
  async (_what, replace, message) => {
    await write(gateways[0]);
    const { lines, dial } = await follow();
    await replace();
    await until(() => lines.some(line => message.test(line)));

    expect((await dial()).target.port).toBe(gateways[0].port);
    expect(lines.every(line => line.includes('the last one stays'))).toBe(true);
  },
);
