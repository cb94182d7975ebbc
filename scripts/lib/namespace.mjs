/**
 * A command line that runs `command` in namespaces of its own: network (pods'
 * addresses are real there, and nothing can leave it) and processes (whatever
 * it started ends with it). No root is needed.
 *
 * @see packages/control-plane/README.md on systems that forbid it
 */
export function inNamespace(command, args) {
  const script = [
    'ip link set lo up',
    // Every address of pods, Services and gateways is on this machine.
    'ip route add local 10.0.0.0/16 dev lo',
    'exec "$@"',
  ].join(' && ');
  return {
    command: 'unshare',
    args: [
      '--map-root-user',
      '--net',
      '--pid',
      '--fork',
      '--kill-child',
      '--mount-proc',
      'bash',
      '-c',
      script,
      'bash',
      command,
      ...args,
    ],
  };
}
