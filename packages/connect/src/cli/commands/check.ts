import type { Connection, ConnectionStep } from '@ringfence/connection';
import { checkConnection, type Login, type StepResult } from '../../check';
import type { Overrides } from '../../config';
import { EXIT_CODES, type ExitReason } from '../../ConnectError';
import { openGateways } from '../../gateways';
import type { AddCommand, CliDeps } from '../CliDeps';
import { expiryText } from '../expiry';
import { BUNDLE_ARGUMENT, withGatewayOptions } from '../options';

const EXIT_REASONS: Readonly<Record<ConnectionStep, ExitReason>> = {
  ca: 'Bundle',
  dns: 'Dns',
  tcp: 'Tcp',
  tls: 'Tls',
  chain: 'Chain',
  expiry: 'Expiry',
  name: 'Name',
  login: 'Login',
  ring: 'Ring',
};

const MARKS = { ok: '✓', failed: '✗', skipped: '-' } as const;
const STEP_WIDTH = 8;

/** `check`: why a client can or cannot connect. */
export const addCheck: AddCommand = (program, deps, end) => {
  const command = program
    .command('check')
    .description(
      'Go the way of a client step by step, and say where it ends and what to do',
    )
    .argument(...BUNDLE_ARGUMENT)
    .option('--json', 'print one JSON document for programs');
  withGatewayOptions(command).action(
    async (source: string, options: Overrides & { json?: boolean }) => {
      const opened = await openGateways(source, options, deps.environment);
      const results: StepResult[] = [];
      const failed = await checkConnection(
        opened,
        {
          login: loginOf(deps.environment, opened.bundle.connection),
          expiryText: date => expiryText(date, deps.now()),
        },
        result => {
          results.push(result);
          if (!options.json) linesOf(result).forEach(deps.print);
        },
      );
      if (options.json) {
        deps.print(JSON.stringify({ ok: !failed, failed, steps: results }));
      }
      end(failed ? EXIT_CODES[EXIT_REASONS[failed]] : EXIT_CODES.Ok);
    },
  );
};

/** The variables are those of the bundle's own examples. */
function loginOf(
  environment: CliDeps['environment'],
  { protocol, role }: Connection,
): Login | undefined {
  const prefix = protocol === 'cql' ? 'CASSANDRA' : 'IGNITE';
  const password = environment[`${prefix}_PASSWORD`];
  const username = environment[`${prefix}_USERNAME`] ?? role;
  return password && username ? { username, password } : undefined;
}

function linesOf({ step, state, text, remedy }: StepResult): string[] {
  const line = `${MARKS[state]} ${step.padEnd(STEP_WIDTH)} ${text}`;
  return remedy ? [line, `  What to do: ${remedy}`] : [line];
}
