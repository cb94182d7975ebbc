/** In the environment of what runs in a pod: the folder of what its container mounts. */
export const MOUNTS_VARIABLE = 'RINGFENCE_POD_MOUNTS';

/**
 * As Cassandra's own script does, it hands JVM_OPTS to Java; a file that those
 * name, and a file that is named in it, is where the pod's mounts are on this
 * machine. What is secret in it stays in a file.
 *
 * @see https://github.com/apache/cassandra, bin/nodetool
 */
const TAKE_OPTIONS = `mounts=$${MOUNTS_VARIABLE}
case $JVM_OPTS in
  @/*)
    umask 077
    options=$(mktemp) || exit 1
    trap 'rm -f "$options"' EXIT
    sed "s#=/mnt/#=$mounts/mnt/#" "$mounts\${JVM_OPTS#@}" > "$options" || exit 1
    JVM_OPTS=@$options ;;
esac
`;

/** The command `nodetool` of a pod. @param args - of `java`, up to nodetool's own */
export function nodetoolScript(java: string, args: readonly string[]): string {
  const words = args.map(word => `'${word}'`).join(' ');
  return `#!/bin/sh\n${TAKE_OPTIONS}'${java}' $JVM_OPTS ${words} "$@"\n`;
}
