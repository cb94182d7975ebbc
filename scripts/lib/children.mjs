import { spawn } from 'node:child_process';

/** How long a child may take to end after it was asked to. */
const STOP_TIMEOUT_MS = 15_000;

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/**
 * Starts a child in a process group of its own, so that the whole group can be
 * ended with it.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export function startChild(command, args, options = {}) {
  const child = spawn(command, args, { ...options, detached: true });
  running.add(child);
  child.on('exit', () => running.delete(child));
  child.on('error', () => running.delete(child));
  return child;
}

/**
 * Runs a child to its end.
 *
 * @returns {Promise<number>} its exit code; 1 where a signal ended it
 */
export function runChild(command, args, options = {}) {
  const child = startChild(command, args, { stdio: 'inherit', ...options });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', code => resolve(code ?? 1));
  });
}

/**
 * Runs a child that must not go on for ever: what has not ended in time is
 * ended, with its whole group.
 *
 * @param {number} limitMs
 * @returns {Promise<boolean>} whether it ended by itself
 */
export async function runChildWithin(limitMs, command, args, options = {}) {
  const child = startChild(command, args, { stdio: 'inherit', ...options });
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', () => resolve(true));
  });
  let timer;
  const late = new Promise(resolve => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  const inTime = await Promise.race([ended, late]);
  clearTimeout(timer);
  if (!inTime) await stopChild(child);
  return inTime;
}

/** Sends a signal to a child's whole group; one that has ended already is no error. */
function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

/** Whether any process of the child's group is still there. */
function groupLives(child) {
  try {
    process.kill(-child.pid, 0);
    return true;
  } catch {
    return false;
  }
}

/**
 * Ends a child and its whole group: asked first, killed when it does not listen.
 *
 * @param {import('node:child_process').ChildProcess} child
 */
export async function stopChild(child) {
  signalGroup(child, 'SIGTERM');
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (groupLives(child)) {
    if (Date.now() > deadline) {
      signalGroup(child, 'SIGKILL');
      return;
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

let stopping;

/** Whether the children were asked to end: that they do is no failure then. */
export function isStopping() {
  return stopping !== undefined;
}

/** Ends all children; called again, waits for the first call. */
export function stopAllChildren() {
  stopping ??= Promise.all([...running].map(stopChild));
  return stopping;
}

/**
 * Ctrl-C and a plain kill end the children first; a second one ends at once.
 *
 * @param {() => void} [onStop] called once, before the children are asked to end
 */
export function stopChildrenOnSignals(onStop) {
  const stop = signal => {
    if (stopping) {
      for (const child of running) signalGroup(child, 'SIGKILL');
      process.exit(130);
    }
    onStop?.();
    stopAllChildren().then(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => stop(signal));
  }
  process.on('exit', () => {
    for (const child of running) signalGroup(child, 'SIGKILL');
  });
}
