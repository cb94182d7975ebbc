import { once } from 'node:events';
import { createServer } from 'node:net';
import { allocateLoopbackBlock } from './loopback';

it('gives blocks of addresses that can be listened on', async () => {
  const block = await allocateLoopbackBlock();
  const server = createServer().listen(9042, block.address(1));
  await once(server, 'listening');
  server.close();
  expect(block.address(1)).toMatch(/^127\.\d+\.\d+\.1$/);
  expect(block.cidr).toBe(block.address(1).replace(/1$/, '0/24'));
  await block.release();
});

it('gives each holder another block', async () => {
  const blocks = await Promise.all(
    Array.from({ length: 20 }, allocateLoopbackBlock),
  );
  expect(new Set(blocks.map(it => it.cidr)).size).toBe(20);
  await Promise.all(blocks.map(it => it.release()));
});

it.each([0, 254, 1.5])('has no address %d', async index => {
  const block = await allocateLoopbackBlock();
  expect(() => block.address(index)).toThrow(/take 1 to 253/);
  await block.release();
  await block.release();
});
