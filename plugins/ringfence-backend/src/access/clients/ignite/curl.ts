import { isIPv6 } from 'node:net';
import { HYBRID_GROUP, type Client, type ClientValues } from '../Client';
import { shellWord } from '../quote';

/** As `--connect-to` takes an address. */
const bracketed = (host: string) => (isIPv6(host) ? `[${host}]` : host);

const restOf = ({ rest, host, port }: ClientValues) => rest ?? { host, port };

const versionLine = ({ needsHybrid }: ClientValues) =>
  needsHybrid
    ? `# The post-quantum hybrid or nothing: it needs curl with OpenSSL 3.5 or later.
set -- --tlsv1.3 --curves ${HYBRID_GROUP} "$@"
`
    : '';

const certificateLine = ({ certificate }: ClientValues) =>
  certificate
    ? `# What this client shows of itself.
set -- --cert "$bundle/"${shellWord(
        certificate.certificate,
      )} --key "$bundle/"${shellWord(certificate.key)} "$@"
`
    : '';

const loginLines = ({ username, passwordVariable }: ClientValues) =>
  username
    ? `: "\${${passwordVariable}:?Set ${passwordVariable}}"
# On standard input: whoever lists the processes of this machine does not see it.
answer=$(printf %s "$${passwordVariable}" | curl "$@" \\
  --data-urlencode ignite.login=${shellWord(username)} \\
  --data-urlencode ignite.password@-)
`
    : `answer=$(curl "$@")
`;

const script = (values: ClientValues) => {
  const { serverName } = values;
  const { host, port } = restOf(values);
  return `#!/bin/sh
# Sends one command to Ignite's REST API, such as: sh curl/rest.sh cmd=top
# Each argument is a field of the form: cmd=get cacheName=orders key=1
set -eu
bundle=$(cd "$(dirname "$0")/.." && pwd)
[ $# -gt 0 ] || set -- cmd=currentstate

fields=$#
for field; do
  set -- "$@" --data-urlencode "$field"
done
shift "$fields"
${certificateLine(values)}${versionLine(
    values,
  )}# --cacert: this CA alone. The name in the address is told and verified, whatever is dialled.
set -- --silent --show-error --fail --tlsv1.2 --max-time 60 \\
  --cacert "$bundle/ca.crt" \\
  --connect-to ${shellWord(`::${bracketed(host)}:${port}`)} "$@" \\
  ${shellWord(`https://${serverName}:${port}/ignite`)}
${loginLines(values)}printf '%s\\n' "$answer"
# Ignite says in its answer whether it did as it was told, not by HTTP's status.
case $answer in
*'"successStatus":0'*) ;;
*) exit 1 ;;
esac
`;
};

/** Ignite's REST API by curl, which verifies CA and name. */
export const curl: Client = {
  id: 'curl',
  title: 'REST, curl',
  language: 'bash',
  insistsOnHybrid: true,
  isServed: ({ rest }) => rest !== undefined,
  run: () => ['sh curl/rest.sh cmd=currentstate'],
  files: values => [
    {
      path: 'curl/rest.sh',
      description: 'Sends a command to the REST API over HTTPS',
      text: script(values),
      executable: true,
    },
  ],
};
