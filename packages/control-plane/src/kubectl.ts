import { execFile } from 'node:child_process';

/**
 * Runs kubectl; answers what it printed.
 *
 * @throws with kubectl's own words
 */
export type Kubectl = (
  args: readonly string[],
  input?: string,
) => Promise<string>;

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** kubectl with a kubeconfig. */
export function kubectl(binary: string, kubeconfig: string): Kubectl {
  return (args, input) =>
    new Promise((resolve, reject) => {
      const child = execFile(
        binary,
        [`--kubeconfig=${kubeconfig}`, ...args],
        { maxBuffer: MAX_OUTPUT_BYTES },
        (error, stdout, stderr) => {
          if (error) {
            reject(new Error(`kubectl ${args[0]}: ${stderr || error.message}`));
          } else {
            resolve(stdout);
          }
        },
      );
      // kubectl may end before it has read what it does not need.
      child.stdin!.on('error', () => {});
      child.stdin!.end(input ?? '');
    });
}
