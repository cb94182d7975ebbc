import { setTimeout as delay } from 'node:timers/promises';
import { ConnectError, EXIT_CODES } from '../../ConnectError';
import type { Overrides } from '../../config';
import { openGateways, type Gateways } from '../../gateways';
import type { AddCommand, CliDeps } from '../CliDeps';
import { firstHandshake } from '../firstHandshake';
import { BUNDLE_ARGUMENT, numberOption, withGatewayOptions } from '../options';

const PAUSE_MS = 500;

/** `wait`: until the gateway can be reached and verifies. */
export const addWait: AddCommand = (program, deps, end) => {
  const command = program
    .command('wait')
    .description('Wait until the gateway answers and verifies')
    .argument(...BUNDLE_ARGUMENT)
    .addOption(
      numberOption(
        '--timeout <seconds>',
        'WAIT_TIMEOUT',
        'how long to wait',
        [1, 86_400],
      ).default(60),
    );
  withGatewayOptions(command).action(
    async (source: string, options: Overrides & { timeout: number }) => {
      const { gateways } = await openGateways(
        source,
        options,
        deps.environment,
      );
      const until = deps.now().getTime() + options.timeout * 1_000;
      const { session } = await waitFor(gateways, until, deps);
      deps.print(`The gateway answers and verifies (${session})`);
      end(EXIT_CODES.Ok);
    },
  );
};

/** What answers and does not verify will not do so later: only silence is waited out. */
async function waitFor(
  gateways: Gateways,
  until: number,
  deps: Pick<CliDeps, 'now' | 'printError'>,
  said?: string,
): ReturnType<typeof firstHandshake> {
  try {
    return await firstHandshake(gateways);
  } catch (error) {
    const patient =
      error instanceof ConnectError &&
      error.reason === 'Unreachable' &&
      deps.now().getTime() + PAUSE_MS < until;
    if (!patient) throw error;
    if (error.message !== said) deps.printError(`Waiting: ${error.message}`);
    await delay(PAUSE_MS);
    return waitFor(gateways, until, deps, error.message);
  }
}
