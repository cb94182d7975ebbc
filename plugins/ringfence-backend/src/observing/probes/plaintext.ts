import { once } from 'node:events';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { isPodReady } from '../../checks/objects';
import { gatewayHost, podsToAsk, type ProbeContext } from './Probe';

/** What answered a request in plaintext. */
export interface PlaintextAnswer {
  /** Which port answered so. */
  readonly port?: number;
  readonly refused: boolean;
  readonly message: string;
}

/** CQL v4 OPTIONS: the one request that a server answers before any login. */
const CQL_OPTIONS = Buffer.from([0x04, 0x00, 0x00, 0x00, 0x05, 0, 0, 0, 0]);
/** The highest bit of the first byte marks a CQL response; the others are the protocol's version. */
const CQL_RESPONSE_BIT = 0x80;
const HIGHEST_CQL_VERSION = 5;
/** First byte of a TLS record that carries an alert. */
const TLS_ALERT = 0x15;

/**
 * Sends a CQL request without TLS to each of the gateway's TLS ports, or of each
 * node's where clients dial these. One that answers it is told even where
 * another could not be reached; that all refuse it is told only where all could.
 *
 * @throws Error where a port cannot be reached
 */
export async function probePlaintext(
  context: ProbeContext,
  signal: AbortSignal,
): Promise<PlaintextAnswer> {
  const results = await Promise.allSettled(
    plaintextEnds(context).flatMap(({ name, open }) =>
      context.access.tlsPorts.map(async port => {
        const answer = await ask(() => open(port, signal), signal);
        const message = name ? `${name}: ${answer.message}` : answer.message;
        return { ...answer, message, port };
      }),
    ),
  );
  const answers = results.flatMap(result =>
    result.status === 'fulfilled' ? [result.value] : [],
  );
  const taken = answers.find(({ refused }) => !refused);
  const unreached = results.find(result => result.status === 'rejected');
  if (unreached && !taken) throw unreached.reason;
  return taken ?? answers[0];
}

/**
 * Sends a CQL request without TLS.
 *
 * @throws Error where the port cannot be reached: that proves nothing
 */
export function askInPlaintext(
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<PlaintextAnswer> {
  return ask(() => connectTo(host, port, signal), signal);
}

/** Where a client could speak plaintext. */
interface PlaintextEnd {
  /** Absent: there is one only. */
  readonly name?: string;
  readonly open: (port: number, signal: AbortSignal) => Promise<Duplex>;
}

/** The gateway, or through the API server every node that is ready, else the first that is not. */
function plaintextEnds(context: ProbeContext): PlaintextEnd[] {
  const { access, kubernetes, namespace } = context;
  if (access.exposure === 'direct') {
    const pods = podsToAsk(context);
    const ready = pods.filter(isPodReady);
    return (ready.length > 0 ? ready : pods.slice(0, 1)).map(
      ({ metadata: { name: pod } }) => ({
        name: `node "${pod}"`,
        open: port => kubernetes.portForward({ namespace, pod }, port),
      }),
    );
  }
  const host = gatewayHost(context);
  return [{ open: (port, signal) => connectTo(host, port, signal) }];
}

async function connectTo(
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<Duplex> {
  const socket = connect({ host, port, signal });
  await once(socket, 'connect');
  return socket;
}

async function ask(
  open: () => Promise<Duplex>,
  signal: AbortSignal,
): Promise<PlaintextAnswer> {
  const socket = await open();
  return new Promise((resolve, reject) => {
    const abort = () => socket.destroy(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    const end = (answer: PlaintextAnswer) => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      resolve(answer);
    };
    socket.write(CQL_OPTIONS);
    socket.once('data', data => end(readAnswer(data)));
    socket.once('close', () =>
      end({ refused: true, message: 'the connection was closed' }),
    );
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET') {
        end({ refused: true, message: 'the connection was reset' });
      } else {
        reject(error);
      }
    });
  });
}

function readAnswer(data: Buffer): PlaintextAnswer {
  const [first] = data;
  // eslint-disable-next-line no-bitwise
  const version = first & ~CQL_RESPONSE_BIT;
  const isResponse = first >= CQL_RESPONSE_BIT;
  if (isResponse && version >= 1 && version <= HIGHEST_CQL_VERSION) {
    return { refused: false, message: `CQL v${version} answered in plaintext` };
  }
  return first === TLS_ALERT
    ? { refused: true, message: 'a TLS alert' }
    : { refused: true, message: 'something that is not CQL answered' };
}
