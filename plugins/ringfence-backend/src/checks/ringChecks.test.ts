import type {
  Facts,
  RingNode,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  FORBIDDEN,
  healthyFacts,
  mintPki,
  NOW,
  seen,
  type Pki,
} from './__testUtils__/facts';
import { pod } from './__testUtils__/objects';
import { ringAgreement } from './ringAgreement';
import { ringNodes } from './ringNodes';
import { ringPods } from './ringPods';

let pki: Pki;
beforeAll(async () => {
  pki = await mintPki();
});

type Judge = typeof ringNodes;

function answer(check: Judge, changes: Partial<Facts>): string {
  const [result] = [check.run(healthyFacts(pki, changes), NOW)].flat();
  return `${result.status} ${result.reason}: ${result.summary}`;
}

function ring(...states: string[]): { ring: Facts['ring'] } {
  const nodes: RingNode[] = states.map((state, ordinal) => ({
    address: `10.244.0.1${ordinal}`,
    state,
    datacenter: 'datacenter1',
  }));
  return { ring: seen(nodes) };
}

it.each<[string, Partial<Facts>, string]>([
  [
    'three UN',
    ring('UN', 'UN', 'UN'),
    'ok UpNormal: 3 nodes up and normal (UN)',
  ],
  [
    'one down',
    ring('UN', 'DN', 'UN'),
    'failing NodeDown: The ring counts 10.244.0.11 as down',
  ],
  [
    'one of which gossip says nothing',
    ring('UN', '?N', 'UN'),
    'failing NodeDown: The ring counts 10.244.0.11 as down',
  ],
  [
    'one down while another joins',
    ring('DN', 'UJ', 'UN'),
    'failing NodeDown: The ring counts 10.244.0.10 as down',
  ],
  [
    'one missing',
    ring('UN', 'UN'),
    'failing TooFewNodes: The ring has 2 nodes, the spec asks for 3',
  ],
  [
    'one joining',
    ring('UN', 'UN', 'UJ'),
    'warning NodeMoving: 10.244.0.12 is joining, leaving or moving',
  ],
  [
    'one too many',
    ring('UN', 'UN', 'UN', 'UN'),
    'warning TooManyNodes: The ring has 4 nodes, the spec asks for 3',
  ],
  [
    'a ring that cannot be asked',
    { ring: FORBIDDEN },
    "unknown NotLooked: The ring's own view of its nodes could not be read: get is forbidden",
  ],
])('ring.nodes words %s', (_name, changes, expected) => {
  expect(answer(ringNodes, changes)).toBe(expected);
});

const statefulSet = (replicas: number) =>
  seen({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'orders' },
    spec: { replicas },
  });

it.each<[string, Partial<Facts>, string]>([
  ['all ready', {}, 'ok Ready: 3 pods ready'],
  [
    'one not ready',
    { pods: seen([pod(0), pod(1), pod(2, {}, false)]) },
    'failing NotReady: orders-2 is not ready',
  ],
  [
    'one being deleted',
    {
      pods: seen([
        pod(0),
        pod(1),
        pod(2, { deletionTimestamp: NOW.toISOString() }),
      ]),
    },
    'failing NotReady: orders-2 is not ready',
  ],
  [
    'one missing',
    { pods: seen([pod(0), pod(1)]) },
    'failing NotReady: 2 of 3 pods exist',
  ],
  [
    'somebody who scaled it',
    { statefulSet: statefulSet(1) },
    'failing WrongReplicas: StatefulSet "orders" asks for 1 pod, the spec for 3',
  ],
  [
    'no StatefulSet',
    { statefulSet: seen(undefined) },
    'failing DoesNotExist: StatefulSet "orders" does not exist',
  ],
  [
    'no rights',
    { pods: FORBIDDEN },
    "unknown NotLooked: The database's pods could not be read: get is forbidden",
  ],
])('ring.pods words %s', (_name, changes, expected) => {
  expect(answer(ringPods, changes)).toBe(expected);
});

const elsewhere = seen([
  { address: '10.244.9.9', state: 'UN', datacenter: 'datacenter1' },
]);

it.each<[string, Partial<Facts>, string]>([
  [
    'the same nodes',
    {},
    'ok Agree: Kubernetes and the ring count the same nodes',
  ],
  [
    'a ready pod that the ring counts as down',
    ring('UN', 'UN', 'DN'),
    'failing NotInRing: orders-2 is ready, but not up in the ring',
  ],
  [
    'a pod that the ring does not know',
    ring('UN', 'UN'),
    'failing NotInRing: orders-2 is ready, but not up in the ring',
  ],
  [
    'a pod that is neither ready nor in the ring',
    { ...ring('UN', 'UN'), pods: seen([pod(0), pod(1), pod(2, {}, false)]) },
    'ok Agree: Kubernetes and the ring count the same nodes',
  ],
  [
    'a node without a pod',
    ring('UN', 'UN', 'UN', 'DN'),
    'warning NoPod: The ring counts 10.244.0.13, but no pod has that address',
  ],
  [
    'addresses of another network',
    { ring: elsewhere },
    'failing NotInRing: orders-0, orders-1 and orders-2 are ready, but not up in the ring',
  ],
  [
    'a ring that cannot be asked',
    { ring: FORBIDDEN },
    "unknown NotLooked: The ring's own view of its nodes could not be read: get is forbidden",
  ],
])('ring.agreement words %s', (_name, changes, expected) => {
  expect(answer(ringAgreement, changes)).toBe(expected);
});
