import type { ProvisioningEvent } from '@ringfence/backstage-plugin-ringfence-common';
import { createMemoryKubernetesCluster } from '@ringfence/sandbox';
import { Journal } from './Journal';
import { Redactor } from './Redactor';
import type { Run } from './Run';
import { ensureSecret } from './secrets';

const FIELD = 'gridgain.licence';
const LICENCE = '<gridgain-license>the first</gridgain-license>';
const NEXT = '<gridgain-license>the second</gridgain-license>';

const RECIPE = {
  name: 'orders-licence',
  data: { 'license.xml': { from: 'given' as const, field: FIELD } },
};

/** A namespace, and runs in which users give what they give. */
async function namespace() {
  const kubernetes = createMemoryKubernetesCluster();
  await kubernetes.create({
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'orders' },
  });
  const events: ProvisioningEvent[] = [];
  const redactor = new Redactor();
  const run = (given: Run['given']) =>
    ({
      ref: { kubernetesCluster: 'eu-1', namespace: 'orders' },
      name: 'orders',
      kubernetes,
      redactor,
      journal: new Journal(event =>
        events.push({ at: '', ...event } as ProvisioningEvent),
      ),
      given,
    } as unknown as Run);
  const read = async () => {
    const secret = await kubernetes.get({
      apiVersion: 'v1',
      kind: 'Secret',
      namespace: 'orders',
      name: 'orders-licence',
    });
    const encoded: string | undefined = secret?.data?.['license.xml'];
    return encoded && Buffer.from(encoded, 'base64').toString();
  };
  return { run, read, events, redactor };
}

it('are kept in their Secret, and told to nobody', async () => {
  const { run, read, events, redactor } = await namespace();
  const hash = await ensureSecret(run({ [FIELD]: LICENCE }), RECIPE);
  expect(hash).toMatch(/^[0-9a-f]{64}$/);
  expect(await read()).toBe(LICENCE);
  expect(JSON.stringify(events)).not.toContain('the first');
  expect(redactor.redact(`cannot read ${LICENCE}`)).toBe(
    'cannot read [redacted]',
  );
});

it('stay where they are not given again', async () => {
  const { run, read, events } = await namespace();
  const hash = await ensureSecret(run({ [FIELD]: LICENCE }), RECIPE);
  expect(await ensureSecret(run({}), RECIPE)).toBe(hash);
  expect(await read()).toBe(LICENCE);
  expect(events.at(-1)).toMatchObject({ change: 'unchanged' });
});

it('take the place of what is there, which is known by another hash', async () => {
  const { run, read, events } = await namespace();
  const hash = await ensureSecret(run({ [FIELD]: LICENCE }), RECIPE);
  expect(await ensureSecret(run({ [FIELD]: NEXT }), RECIPE)).not.toBe(hash);
  expect(await read()).toBe(NEXT);
  expect(events.at(-1)).toMatchObject({ change: 'configured' });
});

it('make no Secret where they are not given', async () => {
  const { run, read, events } = await namespace();
  expect(await ensureSecret(run({}), RECIPE)).toBeUndefined();
  expect(await read()).toBeUndefined();
  expect(events).toEqual([]);
});
