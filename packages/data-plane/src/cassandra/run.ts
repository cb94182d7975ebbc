import { execFile } from 'node:child_process';

/** The end of a command. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

/**
 * Runs a command without a shell and without input. A command that ends with
 * an error, or is not there (exit code 127, as a shell has it), throws nothing.
 *
 * @throws AbortError where the signal ended it
 */
export function run(
  command: string,
  args: readonly string[],
  options: { signal?: AbortSignal; env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      { ...options, maxBuffer: MAX_OUTPUT_BYTES, encoding: 'utf8' },
      (error, stdout, stderr) => {
        if (error?.name === 'AbortError') reject(error);
        else if (!error) resolve({ exitCode: 0, stdout, stderr });
        else {
          const exitCode = typeof error.code === 'number' ? error.code : 127;
          resolve({ exitCode, stdout, stderr: stderr || error.message });
        }
      },
    );
    child.stdin?.end();
  });
}
