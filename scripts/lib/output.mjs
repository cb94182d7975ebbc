/** Seconds with one digit, as people read them: `12.3 s`. */
export function seconds(ms) {
  return `${(ms / 1000).toFixed(1)} s`;
}

/**
 * Runs one step and says what it is doing and how long it took.
 *
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const start = Date.now();
  process.stdout.write(`… ${title}\n`);
  try {
    const result = await work();
    process.stdout.write(`✓ ${title} (${seconds(Date.now() - start)})\n`);
    return result;
  } catch (error) {
    process.stdout.write(`✗ ${title} (${seconds(Date.now() - start)})\n`);
    throw error;
  }
}

/** An error whose message says everything: printed without a stack. */
export class ScriptError extends Error {}

/**
 * Runs a script's main function; an error ends the process with exit code 1.
 *
 * @param {() => Promise<number | void>} main
 */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    process.stderr.write(
      `${error instanceof ScriptError ? error.message : error.stack}\n`,
    );
    process.exitCode = 1;
  }
}
