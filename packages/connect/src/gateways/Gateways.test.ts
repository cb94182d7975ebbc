import type tls from 'node:tls';
import { DialError, type DialTarget } from '@ringfence/connection/dial';
import { Gateways } from './Gateways';

const target = (host: string): DialTarget => ({
  host,
  port: 9041,
  serverName: 'orders.example.com',
  caPem: '',
});
const failure = (step: 'tcp' | 'name') =>
  new DialError({
    step,
    code: step === 'tcp' ? 'Refused' : 'NameMismatch',
    message: `ended at ${step}`,
    remedy: '',
  });

function setup(hosts: string[]) {
  const tried: string[] = [];
  const failing = new Map<string, Error>();
  const clock = { now: 0 };
  const gateways = new Gateways(hosts.map(target), {
    now: () => clock.now,
    dial: async ({ host }) => {
      tried.push(host);
      const error = failing.get(host);
      if (error) throw error;
      return {} as tls.TLSSocket;
    },
  });
  return { gateways, tried, failing, clock };
}

it('takes the first gateway that can be reached', async () => {
  const { gateways, failing } = setup(['a', 'b']);
  failing.set('a', failure('tcp'));
  expect((await gateways.dial()).target.host).toBe('b');
});

it('tries one that could not be reached last, until it has rested', async () => {
  const { gateways, tried, failing, clock } = setup(['a', 'b']);
  failing.set('a', failure('tcp'));
  await gateways.dial();
  failing.clear();
  await gateways.dial();
  clock.now = 30_001;
  await gateways.dial();
  expect(tried).toEqual(['a', 'b', 'b', 'a']);
});

it('goes back to a resting one where the others are gone, too', async () => {
  const { gateways, failing } = setup(['a', 'b']);
  failing.set('a', failure('tcp'));
  await gateways.dial();
  failing.clear();
  failing.set('b', failure('tcp'));
  expect((await gateways.dial()).target.host).toBe('a');
});

it('never passes over one that does not verify', async () => {
  const { gateways, tried, failing } = setup(['a', 'b']);
  failing.set('a', failure('name'));
  await expect(gateways.dial()).rejects.toThrow('ended at name');
  expect(tried).toEqual(['a']);
});

it('says why the last one could not be reached', async () => {
  const { gateways, failing } = setup(['a', 'b']);
  failing.set('a', failure('tcp'));
  failing.set('b', failure('tcp'));
  await expect(gateways.dial()).rejects.toThrow('ended at tcp');
});

it('takes other places without a restart', async () => {
  const { gateways, tried } = setup(['a']);
  await gateways.dial();
  gateways.replace([target('c')]);
  await gateways.dial();
  expect(tried).toEqual(['a', 'c']);
});
