import type {
  Fact,
  RingNode,
} from '@ringfence/backstage-plugin-ringfence-node';
import { newestRing } from './newestRing';

const at = (minute: number) => new Date(Date.UTC(2026, 5, 1, 12, minute));
const told = (minute: number): Fact<readonly RingNode[]> => ({
  known: true,
  value: [{ address: '10.0.0.1', state: 'UN', datacenter: `${minute}` }],
  at: at(minute),
});
const failed = (minute: number): Fact<readonly RingNode[]> => ({
  known: false,
  why: `${minute}`,
  at: at(minute),
});

it.each([
  ['the session, where no command ran', told(0), undefined, told(0)],
  ['the newer answer', told(0), told(1), told(1)],
  ['the newer answer, whoever gave it', told(2), told(1), told(2)],
  ['the command, where there is no session', failed(1), told(0), told(0)],
  ['nothing, once that is long ago', failed(6), told(0), failed(6)],
  ['the newer failure', failed(1), failed(2), failed(2)],
])('believes %s', (_what, bySession, byCommand, expected) => {
  expect(newestRing(bySession, byCommand)).toEqual(expected);
});
