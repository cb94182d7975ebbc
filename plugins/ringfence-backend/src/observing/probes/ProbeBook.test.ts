import type { ProbeGroup } from './groups';
import { keyOf, ProbeBook } from './ProbeBook';
import type { ProbeTarget } from './ProbeSource';

const REF = { kubernetesCluster: 'eu-1', namespace: 'orders' };
const RAN_AT = new Date('2026-01-01T10:00:00.000Z');
const HOUR_MS = 3_600_000;

/** What a book says of answers of that age. */
async function factsAfter(group: ProbeGroup, facts: object, ageMs: number) {
  const clock = () => new Date(RAN_AT.getTime() + ageMs);
  const book = new ProbeBook({ clock });
  const answers = JSON.stringify(facts);
  book.adopt({ ref: REF, group, uid: 'u', answers, ranAt: RAN_AT });
  const target = { key: keyOf(REF, 'u') } as ProbeTarget;
  return book.read(target, {});
}

const seen = { known: true, value: [], at: RAN_AT };
const TOO_OLD = {
  known: false,
  why: 'last looked at 2026-01-01T10:00:00.000Z, too long ago',
};

it.each([
  ['gateway', 'served', 1],
  ['ring', 'ring', 1],
  ['ring', 'schemas', 1],
  ['pods', 'nameLookup', 6],
  ['telemetry', 'telemetry', 1],
  ['drift', 'drift', 24],
] as const)(
  'believes what %s says of %s for %d h, and no longer',
  async (group, fact, hours) => {
    const answers = { [fact]: seen };
    const young = await factsAfter(group, answers, hours * HOUR_MS);
    expect(young[fact]).toMatchObject({ known: true });
    const old = await factsAfter(group, answers, hours * HOUR_MS + 1);
    expect(old[fact]).toMatchObject(TOO_OLD);
  },
);

it('says so of each login, too', async () => {
  const logins = { application: seen, anonymous: seen };
  const { logins: old } = await factsAfter('gateway', { logins }, 2 * HOUR_MS);
  expect(old).toMatchObject({ application: TOO_OLD, anonymous: TOO_OLD });
});
