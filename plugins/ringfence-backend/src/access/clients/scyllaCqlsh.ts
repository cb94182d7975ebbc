import { PASSWORD_VARIABLE, type Client, type ClientValues } from './Client';
import { iniValue, shellWord } from './quote';
import { CREDENTIALS_OF_CQLSH } from './shell';

/** Relative to the bundle's folder, as `certfile` is; the script completes both. */
const identity = ({ certificate }: ClientValues) =>
  certificate
    ? `; What this client shows of itself.
usercert = ${iniValue(certificate.certificate)}
userkey = ${iniValue(certificate.key)}
`
    : '';

const configuration = ({
  host,
  port,
  ...values
}: ClientValues) => `; For scylla-cqlsh: stock cqlsh 6.2 reads this file, too, but verifies nothing.
; certfile is relative to the bundle's folder; the script beside this file sets it.
[connection]
hostname = ${iniValue(host)}
port = ${port}
ssl = true

[ssl]
certfile = ca.crt
validate = true
check_hostname = true
${identity(values as ClientValues)}`;

const CQLSHRC = '"$cqlsh" --cqlshrc="$bundle/cqlsh/cqlshrc"';
/** cqlsh takes these two files relative to where it is started. */
const COMPLETED_CQLSHRC = `sed "s|^\\(user[a-z]*\\) = |\\1 = $bundle/|" "$bundle/cqlsh/cqlshrc" >"$work/cqlshrc"
"$cqlsh" --cqlshrc="$work/cqlshrc"`;

const script = ({ username, certificate }: ClientValues) => `#!/bin/sh
# The password is taken from ${PASSWORD_VARIABLE}; without it, cqlsh asks.
set -eu
bundle=$(cd "$(dirname "$0")/.." && pwd)
username=${shellWord(username)}
cqlsh=\${CQLSH:-cqlsh}
# Stock cqlsh would verify nothing; only the one of ScyllaDB knows this option.
if ! "$cqlsh" --help | grep -q -e --no-compression; then
  echo 'This needs scylla-cqlsh (pip install scylla-cqlsh); for stock cqlsh use cqlsh.sh.' >&2
  exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
export SSL_CERTFILE="$bundle/ca.crt" SSL_CHECK_HOSTNAME=true SSL_VALIDATE=true

${CREDENTIALS_OF_CQLSH}
${certificate ? COMPLETED_CQLSHRC : CQLSHRC} "$@"
`;

/** The cqlsh of ScyllaDB, which verifies by itself. */
export const scyllaCqlsh: Client = {
  id: 'scylla-cqlsh',
  title: 'scylla-cqlsh',
  language: 'ini',
  note: 'For scylla-cqlsh only: the same file makes stock cqlsh 6.2 connect without verifying anything.',
  run: () => ['pip install scylla-cqlsh', 'sh cqlsh/scylla-cqlsh.sh'],
  files: values => [
    {
      path: 'cqlsh/cqlshrc',
      description: 'Configuration of scylla-cqlsh, which verifies CA and name',
      text: configuration(values),
    },
    {
      path: 'cqlsh/scylla-cqlsh.sh',
      description: 'Starts scylla-cqlsh with it',
      text: script(values),
      executable: true,
    },
  ],
};
