import type { Check } from '@ringfence/backstage-plugin-ringfence-node';
import { builtInBlueprints } from '../blueprints';
import { exampleSpec as cassandraKeystores } from '../blueprints/cassandra-keystores/__fixtures__/spec';
import { exampleSpec as cassandraSidecar } from '../blueprints/cassandra-sidecar/__fixtures__/spec';
import { exampleSpec as igniteSidecar } from '../blueprints/ignite-sidecar/__fixtures__/spec';
import { exampleSpec as k8ssandra } from '../blueprints/k8ssandra/__fixtures__/spec';
import { exampleSpec as scylladbAmbient } from '../blueprints/scylladb-ambient/__fixtures__/spec';
import { checksOf } from './checksOf';
import { commonChecks } from './commonChecks';

const own = { id: 'own.check' } as Check;
/** Those in which most is asked. */
const SPECS: Record<string, any> = {
  'scylladb-ambient': scylladbAmbient(),
  'cassandra-sidecar': cassandraSidecar(),
  'cassandra-keystores': cassandraKeystores(),
  k8ssandra: k8ssandra(),
  'ignite-sidecar': igniteSidecar({ product: 'gridgain' }),
};

it('asks about a database of any blueprint what is asked about every one, and what the blueprint adds', () => {
  const [builtIn] = builtInBlueprints;
  const blueprint = { ...builtIn, checks: () => [own] };
  const spec = SPECS[builtIn.kind];
  expect(checksOf({ blueprint, spec })).toEqual([...commonChecks, own]);
});

it.each(builtInBlueprints.map(blueprint => [blueprint.kind, blueprint]))(
  'asks nothing twice about a database of %s',
  (kind, blueprint) => {
    const ids = checksOf({ blueprint, spec: SPECS[kind] }).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  },
);
