import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createServer } from 'node:tls';
import type { MintedCertificate } from '@ringfence/connection/testUtils';

const PORT = 9042;
const STARTED_WITHIN_MS = 30_000;
/** Where distributions put daemons, which is not in everybody's PATH. */
const PATH = `${process.env.PATH}:/usr/sbin:/usr/local/sbin`;

/** Whether a program is on this machine. */
export function isInstalled(command: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], {
      stdio: 'ignore',
      env: { ...process.env, PATH },
    });
    return true;
  } catch {
    return false;
  }
}

/**
 * In the place of a gateway: ends TLS and sends back what it gets.
 *
 * @param clientCaPem - who must have signed the certificate that a client shows; absent: it is asked for none
 */
export async function startEcho(
  { certPem, keyPem }: MintedCertificate,
  clientCaPem?: string,
) {
  const clients = { ca: clientCaPem, requestCert: true };
  const names = new Set<unknown>();
  const server = createServer(
    {
      ...{ cert: certPem, key: keyPem, minVersion: 'TLSv1.2' as const },
      ...(clientCaPem && { ...clients, rejectUnauthorized: true }),
    },
    socket => {
      names.add(socket.servername);
      socket.on('error', () => {});
      socket.pipe(socket);
    },
  );
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    /** Those that clients asked for. */
    names,
    close: () => server.close(),
  };
}

/** Starts a proxy that listens on `host`, and waits until it does. */
export async function startProxy(
  [command, ...args]: readonly string[],
  cwd: string,
  host: string,
): Promise<{ stop(): Promise<void> }> {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  const listen = (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-2000);
  };
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  try {
    await untilListening(child, host);
  } catch (error) {
    child.kill('SIGKILL');
    throw new Error(`"${command}" did not start: ${said || error}`);
  }
  return { stop: () => stop(child) };
}

async function untilListening(child: ChildProcess, host: string) {
  const end = Date.now() + STARTED_WITHIN_MS;
  while (child.exitCode === null && Date.now() < end) {
    const socket = connect(PORT, host);
    try {
      await once(socket, 'connect');
      return;
    } catch {
      await delay(50);
    } finally {
      socket.destroy();
    }
  }
  throw new Error(`nothing listens on ${host}:${PORT}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** What comes back of `text` through a proxy; nothing where it was refused. */
export async function sendThrough(host: string, text: string): Promise<string> {
  const socket = connect(PORT, host);
  // A refusal may come as a reset; the close says it, too.
  socket.on('error', () => {});
  socket.write(text);
  return new Promise(resolve => {
    socket.once('close', () => resolve(''));
    socket.once('data', answer => {
      resolve(answer.toString());
      socket.destroy();
    });
  });
}
