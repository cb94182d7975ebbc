import { readFileSync } from 'node:fs';
import path from 'node:path';
import { silentLog } from '../log';
import { stubNodetool } from './nodetool';
import { StubState } from './StubState';

const recorded = readFileSync(
  path.join(__dirname, '__fixtures__', 'cassandra-5.0-nodetool-status.txt'),
  'utf8',
);

function ring(): StubState {
  const state = new StubState({
    clusterName: 'orders',
    datacenter: 'datacenter1',
    rack: 'rack1',
    log: silentLog,
  });
  state.addNode({ name: 'orders-0', address: '127.0.0.1' });
  state.addNode({ name: 'orders-1', address: '127.10.20.30' });
  state.setState(state.node('orders-0'), 'up');
  return state;
}

it('prints the status of a node to the byte as Cassandra 5.0 did', () => {
  const state = ring();
  const { stdout, exitCode } = stubNodetool(state, state.node('orders-0'), [
    'status',
  ]);
  const withHostId = recorded.replace(
    /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/,
    state.node('orders-0').hostId,
  );
  expect(stdout).toBe(withHostId);
  expect(exitCode).toBe(0);
});

it('knows nothing of a node that never came up', () => {
  const state = ring();
  const { stdout } = stubNodetool(state, state.node('orders-0'), ['status']);
  expect(stdout).not.toContain('127.10.20.30');
});

it.each([
  ['version', /^ReleaseVersion: 5\.0\.8-stub\n$/],
  ['info', /^ID {21}: [0-9a-f-]{36}\n/],
  ['describecluster', /^Cluster Information:\n\tName: orders\n/],
  ['drain', /^$/],
])('answers %s', (command, expected) => {
  const state = ring();
  const answer = stubNodetool(state, state.node('orders-0'), [command]);
  expect(answer).toEqual({
    exitCode: 0,
    stdout: expect.stringMatching(expected),
    stderr: '',
  });
});

it('says of other commands that it is a stub', () => {
  const state = ring();
  const answer = stubNodetool(state, state.node('orders-0'), ['repair']);
  expect(answer).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('this is a stub'),
  });
});
