import { mockServices } from '@backstage/backend-test-utils';
import type { Finding } from '@ringfence/backstage-plugin-ringfence-common';
import { FindingsLog } from './FindingsLog';

const ref = (namespace: string) => ({ kubernetesCluster: 'eu-1', namespace });
const findings = (check: string) => [{ check } as Finding];

function setUp() {
  const recordFindings = jest.fn(async (..._written: unknown[]) => {});
  const logger = mockServices.logger.mock();
  const log = new FindingsLog({ history: { recordFindings }, logger });
  return { log, logger, recordFindings };
}

it('writes some down at a time, the first ones first, and of each database what was said last', async () => {
  const { log, recordFindings } = setUp();
  log.note(ref('orders'), findings('old'));
  log.note(ref('ledger'), findings('only'));
  log.note(ref('orders'), findings('new'));
  await log.write(1);
  expect(recordFindings.mock.calls).toEqual([
    [[{ ref: ref('orders'), findings: findings('new') }]],
  ]);
  await log.stop();
  expect(recordFindings.mock.calls.slice(1)).toEqual([
    [[{ ref: ref('ledger'), findings: findings('only') }]],
  ]);
});

it('writes many down at once, and nothing where there is nothing', async () => {
  const { log, recordFindings } = setUp();
  log.note(ref('orders'), findings('one'));
  log.note(ref('ledger'), findings('two'));
  await log.write(20);
  await log.stop();
  expect(recordFindings).toHaveBeenCalledTimes(1);
});

it('goes on where some cannot be written down', async () => {
  const { log, logger, recordFindings } = setUp();
  recordFindings.mockRejectedValueOnce(new Error('the disk is full'));
  log.note(ref('orders'), findings('one'));
  log.note(ref('ledger'), findings('two'));
  await log.write(1);
  await log.stop();
  expect(recordFindings).toHaveBeenCalledTimes(2);
  expect(logger.warn).toHaveBeenCalledWith(
    'Findings were not kept ("eu-1/orders"): the disk is full',
  );
});
