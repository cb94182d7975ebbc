import type { ProvisioningEvent } from '@ringfence/backstage-plugin-ringfence-common';
import { EventLog } from './EventLog';

const at = '2026-01-02T03:04:05.000Z';
const wait = (elapsedMs: number, why = 'Issuing'): ProvisioningEvent => ({
  type: 'waiting',
  at,
  wait: 'Certificate orders/orders-tls is Ready',
  why,
  elapsedMs,
});
const object = (
  change: 'created' | 'unchanged' | 'deleted',
  name = 'Gateway orders/orders-gateway',
): ProvisioningEvent => ({ type: 'object', at, object: name, change });

let lines: string[];
let log: EventLog;

beforeEach(() => {
  jest.useFakeTimers();
  lines = [];
  log = new EventLog({ info: line => lines.push(line) });
});

afterEach(() => {
  log.close();
  jest.useRealTimers();
});

it('tells stages, changes and what is awaited, and sums up what was there', () => {
  log.add({ type: 'stage', at, stage: 'certificate', index: 5, count: 9 });
  log.add(object('created', 'Certificate orders/orders-tls'));
  log.add(object('unchanged'));
  log.add(wait(12_300));
  log.add({ type: 'heartbeat', at });
  log.add({ type: 'info', at, message: 'The gateway got 192.0.2.1' });
  log.add({ type: 'stage', at, stage: 'policy', index: 6, count: 9 });
  expect(lines).toEqual([
    '[5/9] certificate',
    'created Certificate orders/orders-tls',
    'waiting for Certificate orders/orders-tls is Ready: Issuing (12 s)',
    'The gateway got 192.0.2.1',
    '1 object is as asked already',
    '[6/9] policy',
  ]);
});

it('does not repeat a wait about which nothing changed for 10 s', () => {
  log.add(wait(0));
  jest.advanceTimersByTime(2000);
  log.add(wait(2000));
  log.add(wait(2000, 'The order is pending'));
  jest.advanceTimersByTime(10_000);
  log.add(wait(12_000, 'The order is pending'));
  expect(lines).toEqual([
    expect.stringContaining('Issuing (0 s)'),
    expect.stringContaining('The order is pending (2 s)'),
    expect.stringContaining('The order is pending (12 s)'),
  ]);
});

it('breaks a silence of the backend before 15 s are over, with what is awaited', () => {
  log.add(wait(1000));
  jest.advanceTimersByTime(30_000);
  expect(lines).toEqual([
    expect.stringContaining('Issuing (1 s)'),
    expect.stringContaining('Issuing (15 s)'),
    expect.stringContaining('Issuing (29 s)'),
  ]);
});

it('names the stage in a silence without a wait', () => {
  log.add({ type: 'stage', at, stage: 'policy', index: 6, count: 9 });
  jest.advanceTimersByTime(14_000);
  expect(lines.at(-1)).toBe('still at: policy');
});

it('knows what is in place', () => {
  log.add(object('created'));
  log.add(object('unchanged'));
  log.add(object('created', 'Service orders/orders'));
  log.add(object('deleted', 'Service orders/orders'));
  expect(log.inPlace).toEqual(['Gateway orders/orders-gateway']);
});
