import { once } from 'node:events';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { isPodReady } from '../../checks/objects';
import { gatewayHost, podsToAsk, type ProbeContext } from './Probe';
import {
  CQL_QUESTION,
  HTTP_QUESTION,
  IGNITE_QUESTION,
  type PlaintextAnswer,
  type PlaintextQuestion,
} from './plaintextQuestions';

/**
 * Sends a request without TLS to each of the gateway's TLS ports, or of each
 * node's where clients dial these: the first words of what it has inside of TLS. One that answers it is told even where
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
      questionsOf(context).map(async ([port, question]) => {
        const answer = await ask(() => open(port, signal), question, signal);
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

/** What to ask on each port. */
function questionsOf({
  access: { protocol, tlsPorts, restPorts = [] },
}: ProbeContext): Array<[number, PlaintextQuestion]> {
  const question = protocol === 'ignite' ? IGNITE_QUESTION : CQL_QUESTION;
  return [
    ...tlsPorts.map((port): [number, PlaintextQuestion] => [port, question]),
    ...restPorts.map((port): [number, PlaintextQuestion] => [
      port,
      HTTP_QUESTION,
    ]),
  ];
}

/**
 * Sends a request without TLS.
 *
 * @throws Error where the port cannot be reached: that proves nothing
 */
export function askInPlaintext(
  host: string,
  port: number,
  question: PlaintextQuestion,
  signal: AbortSignal,
): Promise<PlaintextAnswer> {
  return ask(() => connectTo(host, port, signal), question, signal);
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

/** The other side was there, and has closed the connection. */
const RESET_CODES = ['ECONNRESET', 'EPIPE'];

/**
 * Through the API server there are no codes: what forwards the port says in words
 * that the pod has reset the connection. One that was never made is refused or
 * times out in those words.
 */
const RESET_IN_WORDS = /: (connection reset by peer|broken pipe)$/;

/**
 * How often a request that has no answer is sent again. Not all that forward
 * ports tell that the pod has closed the connection; but what is written to a
 * closed one comes to nothing, and that they tell.
 */
const AGAIN_MS = 1_000;

async function ask(
  open: () => Promise<Duplex>,
  { request, readAnswer }: PlaintextQuestion,
  signal: AbortSignal,
): Promise<PlaintextAnswer> {
  const socket = await open();
  return new Promise((resolve, reject) => {
    const abort = () => socket.destroy(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    const again = setInterval(() => {
      if (socket.writable) socket.write(request);
    }, AGAIN_MS);
    socket.once('close', () => clearInterval(again));
    const end = (answer: PlaintextAnswer) => {
      signal.removeEventListener('abort', abort);
      clearInterval(again);
      socket.destroy();
      resolve(answer);
    };
    socket.write(request);
    socket.once('data', data => end(readAnswer(data)));
    socket.once('close', () =>
      end({ refused: true, message: 'the connection was closed' }),
    );
    socket.once('error', (error: NodeJS.ErrnoException) => {
      const isReset = RESET_CODES.includes(error.code ?? '');
      if (isReset || RESET_IN_WORDS.test(error.message)) {
        end({ refused: true, message: 'the connection was reset' });
      } else {
        reject(error);
      }
    });
  });
}
