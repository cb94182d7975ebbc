import { watchFile, unwatchFile } from 'node:fs';

/** A mounted Secret is replaced by moving a link, of which file events say little: looking is cheap. */
const LOOK_EVERY_MS = 2_000;

/**
 * Tells when one of the files is replaced. What is found then may be half
 * written, or one of two that belong together.
 *
 * @returns what ends it
 */
export function watchFiles(
  paths: readonly string[],
  onChange: () => void,
  everyMs = LOOK_EVERY_MS,
): () => void {
  // Not persistent: it keeps no process alive that has nothing else to do.
  const options = { interval: everyMs, persistent: false };
  paths.forEach(path => watchFile(path, options, onChange));
  return () => paths.forEach(path => unwatchFile(path, onChange));
}
