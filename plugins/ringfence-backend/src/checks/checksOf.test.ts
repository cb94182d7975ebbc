import type { Check } from '@ringfence/backstage-plugin-ringfence-node';
import { builtInBlueprints } from '../blueprints';
import { checksOf } from './checksOf';
import { commonChecks } from './commonChecks';

const own = { id: 'own.check' } as Check;
const spec = {} as any;

it('asks about a database of any blueprint what is asked about every one, and what the blueprint adds', () => {
  const [builtIn] = builtInBlueprints;
  const blueprint = { ...builtIn, checks: () => [own] };
  expect(checksOf({ blueprint, spec })).toEqual([...commonChecks, own]);
});

it.each(builtInBlueprints.map(blueprint => [blueprint.kind, blueprint]))(
  'asks nothing twice about a database of %s',
  (_kind, blueprint) => {
    const ids = checksOf({ blueprint, spec } as any).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  },
);
