import { spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Runs a command that ends when its standard input does: the kernel closes
 * that with this process, however it ends. Each line on it is the name of a
 * signal for the command. `$0` is a directory to remove where this process
 * has ended first, or `-`.
 */
const GUARD = `
exec 3<&0 </dev/null
"$@" 3<&- &
command=$!
(
  while read -r signal; do kill -"$signal" $command; done
  trap '' TERM
  kill -KILL $command
) <&3 2>/dev/null &
watch=$!
exec 3<&-
wait $command
code=$?
# What the shell says of its own children is no output of the command.
exec 2>/dev/null
kill $watch
if wait $watch && [ "$0" != - ]; then
  rm -rf -- "$0"
  rmdir -- "\${0%/*}"
fi
exit $code
`;

/** A command that does not outlive this process. */
export interface Guarded {
  /** Of the guard, which leads a process group of its own. */
  readonly pid: number;
  /** Resolves with the exit code; 137 where it was killed. */
  readonly exited: Promise<number>;
  /** Asks it to end, and ends it after `graceMs`; resolves once it has. */
  stop(graceMs: number): Promise<void>;
  /** Ends it at once and removes its directory, even where this process ends meanwhile. */
  remove(): Promise<void>;
}

/** What a guarded command is given. */
export interface GuardOptions {
  /** File descriptor for standard output and error. */
  readonly outputFd: number;
  /** Removed, and its parent if empty, where this process ends before the command. */
  readonly removeDir?: string;
  /** @defaultValue that of this process */
  readonly env?: NodeJS.ProcessEnv;
}

/** Starts a command under guard. */
export function spawnGuarded(
  command: string,
  args: readonly string[],
  { outputFd, removeDir, env }: GuardOptions,
): Guarded {
  const child = spawn('sh', ['-c', GUARD, removeDir ?? '-', command, ...args], {
    stdio: ['pipe', outputFd, outputFd],
    ...(env && { env }),
    // Ctrl-C in a terminal is for this process to handle.
    detached: true,
  });
  const stdin = child.stdin!;
  // It may have ended by itself when it is asked to.
  stdin.on('error', () => {});
  const exited = once(child, 'exit').then(([code]) => (code as number) ?? 137);
  return {
    pid: child.pid!,
    exited,
    async stop(graceMs) {
      stdin.write(graceMs > 0 ? 'TERM\n' : 'KILL\n');
      const timer = setTimeout(() => stdin.write('KILL\n'), graceMs);
      await exited;
      clearTimeout(timer);
      stdin.destroy();
    },
    async remove() {
      stdin.end();
      await exited;
    },
  };
}
