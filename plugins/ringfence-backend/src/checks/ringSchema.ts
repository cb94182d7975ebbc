import {
  nodetoolLike,
  type Check,
  type CheckResult,
  type Facts,
  type SchemaVersion,
} from '@ringfence/backstage-plugin-ringfence-node';
import {
  failing,
  NOT_LOOKED,
  NOT_LOOKED_MEANING,
  notLooked,
  ok,
  seenAt,
  unknown,
  warning,
} from './results';
import { count, list } from './words';

/** What nodetool prints instead of a version. */
const UNREACHABLE = 'UNREACHABLE';
const NODETOOL_STATUS = ['nodetool', 'status'];

/** Whether all nodes have the same tables. */
export const ringSchema: Check = {
  id: 'ring.schema',
  title: 'The nodes agree on the schema',
  category: 'ring',
  reasons: {
    Agrees: 'Every node has the same version of the schema.',
    Disagrees:
      'Nodes have different versions of the schema. For some seconds after a change that is so; if it lasts, changes of tables fail.',
    Unreachable: 'A node could not be asked for its version of the schema.',
    NothingTold: 'No node told its version of the schema.',
    [NOT_LOOKED]: NOT_LOOKED_MEANING,
  },
  run(facts) {
    // No other protocol's nodes tell versions of a schema.
    if (facts.access.protocol !== 'cql') return [];
    if (!facts.schemas.known) {
      return notLooked('The versions of the schema', facts.schemas);
    }
    return seenAt(judge(facts, facts.schemas.value), facts.schemas);
  },
};

function judge(facts: Facts, schemas: readonly SchemaVersion[]): CheckResult {
  const told = schemas.filter(({ version }) => version !== UNREACHABLE);
  const away = schemas
    .filter(({ version }) => version === UNREACHABLE)
    .flatMap(({ nodes }) => nodes);
  const evidence = {
    versions: schemas.map(({ version, nodes }) => `${version}: ${list(nodes)}`),
  };
  const {
    statefulSet,
    container,
    ringCommand = NODETOOL_STATUS,
  } = facts.observation;
  const words = nodetoolLike(ringCommand, 'describecluster').join(' ');
  const command = `kubectl exec -n ${facts.database.namespace} ${statefulSet}-0 -c ${container} -- ${words}`;
  if (told.length > 1) {
    return warning(
      'Disagrees',
      `The nodes have ${told.length} versions of the schema`,
      evidence,
      {
        text: 'Wait a minute; if it lasts, restart the nodes of the smaller group, one after the other.',
        command,
      },
    );
  }
  if (away.length > 0) {
    return failing(
      'Unreachable',
      `${list(away)} did not tell ${
        away.length === 1 ? 'its' : 'their'
      } version of the schema`,
      evidence,
      {
        text: 'See whether the node is up; ring.nodes says so.',
        command,
      },
    );
  }
  if (told.length === 0) {
    return unknown('NothingTold', 'No node told its version of the schema');
  }
  return ok(
    'Agrees',
    `${count(told[0].nodes.length, 'node')} with the same schema`,
    evidence,
  );
}
