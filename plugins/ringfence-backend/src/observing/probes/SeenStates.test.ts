import type { Facts } from '@ringfence/backstage-plugin-ringfence-node';
import { healthyFacts, mintPki, seen } from '../../checks/__testUtils__/facts';
import { notKnown } from '../look';
import { SeenStates } from './SeenStates';

let healthy: Facts;
beforeAll(async () => {
  healthy = healthyFacts(await mintPki());
});

const UNKNOWN = { secret: notKnown('Not looked at yet', new Date(0)) };
const NOTHING = { probed: false, edited: false };

const withoutSecrets = (): Facts => ({
  ...healthy,
  certificates: healthy.certificates.map(it => ({ ...it, ...UNKNOWN })),
});

it.each([
  ['nothing in what is the same', () => healthy, NOTHING],
  [
    'that probes have another set of pods to look at',
    () => ({ ...healthy, pods: seen([]) }),
    { probed: true, edited: false },
  ],
  [
    'that somebody added a policy',
    () => ({ ...healthy, networkPolicies: seen([]) }),
    { probed: false, edited: true },
  ],
  ['nothing in what is not known any more', withoutSecrets, NOTHING],
])('tells %s', (_what, next, expected) => {
  const states = new SeenStates();
  const base = {
    ...healthy,
    networkPolicies: seen([
      { apiVersion: 'a', kind: 'NetworkPolicy', metadata: { name: 'one' } },
    ]),
  };
  const after = next();
  expect(states.note('a', base)).toEqual(NOTHING);
  expect(
    states.note('a', after === healthy ? base : { ...base, ...changed(after) }),
  ).toEqual(expected);
});

/** What is another than in the healthy facts. */
function changed(after: Facts): Partial<Facts> {
  return Object.fromEntries(
    Object.entries(after).filter(
      ([name, fact]) => fact !== healthy[name as keyof Facts],
    ),
  );
}

it('takes what it comes to know for no change, and what changed meanwhile for one', () => {
  const states = new SeenStates();
  states.note('a', withoutSecrets());
  expect(states.note('a', healthy)).toEqual(NOTHING);
  states.note('a', withoutSecrets());
  const certificates = healthy.certificates.map(it => ({
    ...it,
    secret: seen({ certificatePem: 'another' }),
  }));
  expect(states.note('a', { ...healthy, certificates })).toEqual({
    probed: true,
    edited: false,
  });
});

it('forgets a database that is gone', () => {
  const states = new SeenStates();
  states.note('a', healthy);
  states.retain(() => false);
  expect(states.note('a', { ...healthy, pods: seen([]) })).toEqual(NOTHING);
});
