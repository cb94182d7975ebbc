import { PASSWORD_VARIABLE, type Client, type ClientValues } from './Client';
import { shellWord } from './quote';
import { CREDENTIALS_OF_CQLSH } from './shell';

const script = ({ username }: ClientValues) => `#!/bin/sh
# cqlsh 6.2 verifies neither CA nor name: ringfence-connect verifies both for it.
# Install it once: npm install --global @ringfence/connect
# The password is taken from ${PASSWORD_VARIABLE}; without it, cqlsh asks.
set -eu
bundle=$(cd "$(dirname "$0")/.." && pwd)
username=${shellWord(username)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

${CREDENTIALS_OF_CQLSH}
"\${RINGFENCE_CONNECT:-ringfence-connect}" run "$bundle" -- "\${CQLSH:-cqlsh}" "$@"
`;

/** cqlsh as Apache ships it, through the verifying proxy of `ringfence-connect`. */
export const cqlsh: Client = {
  id: 'cqlsh',
  title: 'cqlsh',
  language: 'bash',
  insistsOnHybrid: true,
  note: 'cqlsh 6.2 itself verifies neither CA nor name, so it goes through ringfence-connect, which does.',
  run: () => ['sh cqlsh/cqlsh.sh'],
  files: values => [
    {
      path: 'cqlsh/cqlsh.sh',
      description: 'Runs cqlsh through ringfence-connect',
      text: script(values),
      executable: true,
    },
  ],
};
