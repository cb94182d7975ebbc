import { type Client, type ClientValues } from '../Client';
import { stringLiteral } from '../quote';

const loginLines = ({ username, passwordVariable }: ClientValues) =>
  username
    ? `
        username=${stringLiteral(username)},
        password=os.environ["${passwordVariable}"],`
    : '';

const example = (values: ClientValues) => `"""Connects and prints the caches."""

import os
import sys

from pyignite import Client


def connect():
    """Connects to the proxy on this machine, which verifies the database."""
    client = Client(${loginLines(values)}
        # Plaintext, to the proxy alone: pyignite's own TLS verifies no name and tells none.
        use_ssl=False,
        # The nodes' own addresses are not dialled: the gateway picks the node.
        partition_aware=False,
    )
    client.connect(os.environ["RINGFENCE_HOST"], int(os.environ["RINGFENCE_PORT"]))
    return client


if __name__ == "__main__":
    if "RINGFENCE_PORT" not in os.environ:
        sys.exit("In the bundle's folder: npx @ringfence/connect run . -- python3 python/example.py")
    client = connect()
    try:
        print(f"Connected, caches: {client.get_cache_names()}")
    finally:
        client.close()
`;

/** pyignite, through the verifying proxy of `ringfence-connect`. */
export const python: Client = {
  id: 'python',
  title: 'Python',
  language: 'python',
  insistsOnHybrid: true,
  note: 'pyignite 0.6 itself neither verifies the name nor tells it, so it goes through ringfence-connect, which does.',
  run: () => [
    'pip install -r python/requirements.txt',
    'npx @ringfence/connect run . -- python3 python/example.py',
  ],
  files: values => [
    {
      path: 'python/example.py',
      description: 'Connects and prints the caches',
      text: example(values),
    },
    {
      path: 'python/requirements.txt',
      description: 'What the example needs',
      text: 'pyignite>=0.6,<1\n',
    },
  ],
};
