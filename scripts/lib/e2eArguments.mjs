import { parseArgs } from 'node:util';
import { ScriptError } from './output.mjs';

export const USAGE = `npm run e2e [-- [PART ...] [-t NAME] [--kubeconfig FILE --context NAME]]

Without options: all parts, on a real control plane in a namespace of its own.
  -t, --test-name NAME  only tests whose full name matches this regular expression
  --kubeconfig FILE     what can run on a Kubernetes cluster of your own, there
  --context NAME        which context of that file`;

/**
 * What `npm run e2e` is asked for.
 *
 * @param {string[]} argv what follows the script's name
 * @param {{ own: string[], existing: string[] }} known parts: on the control plane
 *   of the tests, and those that run on somebody's existing Kubernetes cluster, too
 * @throws ScriptError naming the option or the part that is wrong
 */
export function readE2eArguments(argv, known) {
  const { values, positionals } = parse(argv);
  const { kubeconfig, context, 'test-name': testName, help } = values;
  if (Boolean(kubeconfig) !== Boolean(context)) {
    throw new ScriptError(
      `--kubeconfig and --context go together.\n\n${USAGE}`,
    );
  }
  const parts = kubeconfig ? known.existing : known.own;
  for (const part of positionals) {
    if (!known.own.includes(part)) {
      throw new ScriptError(
        `Unknown part "${part}". There are: ${parts.join(', ')}`,
      );
    }
    if (!parts.includes(part)) {
      throw new ScriptError(
        `"${part}" needs the control plane of the tests. With --kubeconfig there are: ${parts.join(
          ', ',
        )}`,
      );
    }
  }
  return {
    help,
    parts: positionals.length > 0 ? positionals : parts,
    testName,
    existing: kubeconfig ? { kubeconfig, context } : undefined,
  };
}

function parse(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        kubeconfig: { type: 'string' },
        context: { type: 'string' },
        'test-name': { type: 'string', short: 't' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new ScriptError(`${error.message}\n\n${USAGE}`);
  }
}
