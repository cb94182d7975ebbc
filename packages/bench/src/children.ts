import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const START_TIMEOUT_MS = 30_000;
const EVERY_MS = 50;

/** A program under test, in a process of its own. */
export interface Program {
  readonly port: number;
  /** Resident memory now, in kB. */
  memoryKb(): number;
  stop(): Promise<void>;
}

/**
 * Starts a program and waits until its port is listened on.
 *
 * @throws Error with what it printed where it ends before
 */
export async function startProgram(
  command: string,
  args: readonly string[],
  options: {
    readonly host?: string;
    readonly port: number;
    readonly env?: NodeJS.ProcessEnv;
  },
): Promise<Program> {
  const child = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...options.env },
  });
  let said = '';
  const listen = (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-2_000);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  const started = await waitForPort(
    child,
    options.host ?? '127.0.0.1',
    options.port,
  );
  if (!started) {
    child.kill('SIGKILL');
    throw new Error(
      `"${command}" did not start: ${said || 'it is not installed'}`,
    );
  }
  return {
    port: options.port,
    memoryKb: () => memoryOf(child.pid!),
    stop: () => stop(child),
  };
}

async function waitForPort(child: ChildProcess, host: string, port: number) {
  let failed = false;
  child.on('error', () => {
    failed = true;
  });
  const end = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < end && !failed && child.exitCode === null) {
    if (await answers(host, port)) return true;
    await delay(EVERY_MS);
  }
  return false;
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect({ host, port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function memoryOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
