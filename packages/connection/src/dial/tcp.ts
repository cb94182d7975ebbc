import type net from 'node:net';
import { DialError } from './DialError';
import { hostPort, type DialOptions, type DialTarget } from './target';
import { handshakeError } from './tls';

const KEEP_ALIVE_DELAY_MS = 30_000;

/** What to open. */
export type TcpOptions = Pick<
  net.TcpNetConnectOpts,
  'host' | 'port' | 'allowHalfOpen'
>;

/**
 * Opens a TCP connection without delay of small packets and with keep-alive.
 * The caller's `signal` may destroy it at any time.
 *
 * @param open - begins to connect a socket, which may go on with TLS
 *
 * @throws DialError of step `dns` or `tcp`
 */
export function connectTcp<S extends net.Socket>(
  target: DialTarget,
  options: DialOptions,
  open: (options: TcpOptions) => S,
): Promise<S> {
  const socket = open({
    host: target.host,
    port: target.port,
    allowHalfOpen: options.allowHalfOpen ?? false,
  });
  return new Promise((resolve, reject) => {
    const abort = () => socket.destroy(options.signal?.reason);
    const fail = (error: Error) => {
      options.signal?.removeEventListener('abort', abort);
      reject(options.signal?.aborted ? error : tcpError(error, target));
    };
    options.signal?.addEventListener('abort', abort, { once: true });
    socket.once('error', fail);
    socket.once('connect', () => {
      options.signal?.removeEventListener('abort', abort);
      socket.removeListener('error', fail);
      // Not by options, which sockets of TLS do not take.
      socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
      resolve(socket);
    });
  });
}

/** Words for what `getaddrinfo` and `connect` report. */
function tcpError(error: NodeJS.ErrnoException, target: DialTarget): DialError {
  const { host, port } = target;
  const place = hostPort(host, port);
  if (error.syscall === 'getaddrinfo') return dnsError(error, target);
  switch (error.code) {
    case 'ECONNREFUSED':
      return new DialError({
        step: 'tcp',
        code: 'Refused',
        message: `Connection to ${place} was refused: nothing listens there`,
        remedy:
          'Check the port, and that the gateway runs: kubectl get gateway,service -A',
        cause: error,
      });
    case 'ECONNRESET':
      // It was made, and ended before anything was sent.
      return handshakeError(error, target);
    case 'EMFILE':
    case 'ENFILE':
      return new DialError({
        step: 'tcp',
        code: 'Unreachable',
        message: `No connection to ${place}: this machine allows no more open files (${error.code})`,
        remedy:
          'Raise the limit of open files (ulimit -n), or lower the number of connections',
        cause: error,
      });
    case 'ETIMEDOUT':
      return timedOut('tcp', target, undefined, error);
    default:
      return new DialError({
        step: 'tcp',
        code: 'Unreachable',
        message: `Host of ${place} cannot be reached (${
          error.code ?? error.message
        })`,
        remedy: 'Check routes, VPN and firewall between here and the gateway',
        cause: error,
      });
  }
}

function dnsError(error: NodeJS.ErrnoException, target: DialTarget): DialError {
  const place = hostPort(target.host, target.port);
  return error.code === 'ENOTFOUND'
    ? new DialError({
        step: 'dns',
        code: 'HostNotFound',
        message: `Host name "${target.host}" of ${place} has no address`,
        remedy: `Check the name and its DNS record: nslookup ${target.host}`,
        cause: error,
      })
    : new DialError({
        step: 'dns',
        code: 'DnsUnavailable',
        message: `Host name "${target.host}" of ${place} could not be looked up (${error.code})`,
        remedy: 'Check that the name service answers, then try again',
        cause: error,
      });
}

/** The error for a step that did not end in time. */
export function timedOut(
  step: 'tcp' | 'tls',
  target: DialTarget,
  timeoutMs?: number,
  cause?: unknown,
): DialError {
  const place = hostPort(target.host, target.port);
  const within = timeoutMs === undefined ? 'in time' : `within ${timeoutMs} ms`;
  const what = {
    tcp: `Connection to ${place} was not answered ${within}`,
    tls: `TLS handshake with ${place} did not end ${within}`,
  };
  const remedy = {
    tcp: 'Check the address, and firewalls between here and the gateway, which often drop packets silently',
    tls: 'Check that the port speaks TLS, and that the gateway is not overloaded',
  };
  return new DialError({
    step,
    code: 'TimedOut',
    message: what[step],
    remedy: remedy[step],
    cause,
  });
}
