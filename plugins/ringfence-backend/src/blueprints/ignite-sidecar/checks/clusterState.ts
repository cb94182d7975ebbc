import type { Check } from '@ringfence/backstage-plugin-ringfence-node';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  unknown,
  warning,
} from '../../../checks/results';

/** Whether the cluster takes requests. */
export const clusterState: Check = {
  id: 'ring.cluster-state',
  title: 'The cluster is active',
  category: 'ring',
  reasons: {
    Active: 'The cluster takes reads and writes.',
    ReadOnly: 'Somebody has made the cluster read-only.',
    Inactive:
      'The cluster takes no requests: it was never activated, somebody deactivated it, or nodes of its baseline are missing since it was started.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    const { clusterState: state, database } = facts;
    if (!state) return unknown(NOT_LOOKED, 'Nobody has asked for the state');
    if (!state.known) return notLooked("The cluster's state", state);
    const evidence = { state: state.value };
    const results = {
      ACTIVE: () => ok('Active', 'The cluster is ACTIVE', evidence),
      ACTIVE_READ_ONLY: () =>
        warning('ReadOnly', 'The cluster refuses writes', evidence, {
          text: 'Have whoever made it read-only say why; provisioning the database again with the same spec makes it take writes.',
        }),
      INACTIVE: () =>
        failing(
          'Inactive',
          'The cluster is INACTIVE: it takes no requests',
          evidence,
          {
            text: 'See that every node is there, then provision the database again with the same spec: that activates it.',
            command: `kubectl get pods -n ${database.namespace}`,
          },
        ),
    };
    return seenAt(results[state.value](), state);
  },
};
