import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
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
