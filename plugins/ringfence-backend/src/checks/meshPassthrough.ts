import type {
  Check,
  CheckResult,
  Facts,
  TrafficSample,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
} from './results';
import { isOver } from './trafficRows';
import { list } from './words';

/** Envoy's name for what no Service stands for; the second is for what comes in. */
const PASSTHROUGH = /^(Inbound)?PassthroughCluster/;

/** Whether the sidecars know every Service that the database's traffic is for. */
export const meshPassthrough: Check = {
  id: 'mesh.passthrough',
  title: 'Nothing falls to PassthroughCluster',
  category: 'mesh',
  reasons: {
    NothingPassed:
      'Every connection that the sidecars counted was for a Service that the mesh knows.',
    PassedBefore:
      'Connections fell to PassthroughCluster earlier, and none between the last two readings of telemetry.',
    Passthrough:
      'A connection was for no Service that the mesh knows: its sidecar passed it on as it was, without mTLS. A port that no Service has is the usual cause.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    if (facts.observation.meshMode !== 'sidecar') return [];
    if (!facts.telemetry.known)
      return notLooked("The sidecars' telemetry", facts.telemetry);
    const passed = facts.telemetry.value.filter(
      ({ destinationService = '', connectionsOpened, refused }) =>
        PASSTHROUGH.test(destinationService) &&
        connectionsOpened > 0 &&
        !refused,
    );
    return seenAt(judge(facts, passed), facts.telemetry);
  },
};

function judge(facts: Facts, passed: readonly TrafficSample[]): CheckResult {
  if (passed.length === 0) {
    return ok('NothingPassed', 'Nothing fell to PassthroughCluster');
  }
  const sources = [
    ...new Set(
      passed.map(
        ({ sourceNamespace, sourceWorkload }) =>
          `"${sourceNamespace}/${sourceWorkload}"`,
      ),
    ),
  ].sort();
  const evidence = {
    sources,
    connections: passed.reduce((sum, row) => sum + row.connectionsOpened, 0),
  };
  if (passed.every(isOver)) {
    return ok(
      'PassedBefore',
      `Nothing falls to PassthroughCluster now; connections from ${list(
        sources,
      )} did before`,
      evidence,
    );
  }
  return failing(
    'Passthrough',
    `Connections from ${list(
      sources,
    )} fall to PassthroughCluster: the mesh knows no Service for them`,
    evidence,
    {
      text: 'See which port the Services lack (mesh.ports lists what they have); press "Repair drift" to put its own back.',
      command: `kubectl get services -n ${facts.database.namespace} -o yaml`,
    },
  );
}
