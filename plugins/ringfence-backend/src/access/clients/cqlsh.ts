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
proxy=
end() {
  [ -z "$proxy" ] || kill "$proxy" 2>/dev/null || true
  rm -rf "$work"
}
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# With a process group of its own, Ctrl-C in cqlsh does not end the proxy.
set -m 2>/dev/null || true
"\${RINGFENCE_CONNECT:-ringfence-connect}" up "$bundle" --local-port 0 \
  </dev/null >"$work/log" 2>&1 &
proxy=$!
set +m 2>/dev/null || true
port=
while [ -z "$port" ]; do
  if ! kill -0 "$proxy" 2>/dev/null; then
    cat "$work/log" >&2
    exit 1
  fi
  sleep 0.1
  port=$(sed -n 's/^Listening on 127\\.0\\.0\\.1:\\([0-9]*\\).*/\\1/p' "$work/log")
done

${CREDENTIALS_OF_CQLSH}
"\${CQLSH:-cqlsh}" "$@" 127.0.0.1 "$port"
`;

/** cqlsh as Apache ships it, through the verifying proxy of `ringfence-connect`. */
export const cqlsh: Client = {
  id: 'cqlsh',
  title: 'cqlsh',
  language: 'bash',
  note: 'cqlsh 6.2 itself verifies neither CA nor name, so it goes through ringfence-connect, which does.',
  run: ['sh cqlsh/cqlsh.sh'],
  files: values => [
    {
      path: 'cqlsh/cqlsh.sh',
      description: 'Starts cqlsh through ringfence-connect, and ends both',
      text: script(values),
      executable: true,
    },
  ],
};
