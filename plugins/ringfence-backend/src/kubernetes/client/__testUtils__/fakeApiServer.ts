import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { mintCa, type MintedCa } from '@ringfence/connection/testUtils';

/** A request as the fake got it. */
export interface SeenRequest {
  /** Such as `GET /api/v1/namespaces`. */
  readonly line: string;
  readonly query: Record<string, string>;
  readonly headers: IncomingMessage['headers'];
  readonly body: any;
}

/** An HTTP status and a body. */
export interface Answer {
  /** @default 200 */
  readonly status?: number;
  readonly body: unknown;
}

/** Gives an answer, or takes the response into its own hands. */
export type Handler = (
  request: SeenRequest,
  response: ServerResponse,
) => Answer | void;

/** An HTTPS server that answers as an API server would, as far as a test tells it. */
export interface FakeApiServer {
  readonly server: https.Server;
  readonly url: string;
  readonly ca: MintedCa;
  /** base64, as in a kubeconfig. */
  readonly caData: string;
  readonly requests: SeenRequest[];
  /** Answers `GET /path`; a list answers one request after another, the last one for ever. */
  on(line: string, ...answers: Array<Answer | Handler>): void;
  close(): void;
}

const CORE_V1 = [
  ['configmaps', 'ConfigMap', true],
  ['namespaces', 'Namespace', false],
  ['secrets', 'Secret', true],
  ['pods', 'Pod', true],
  ['pods/exec', 'PodExecOptions', true],
] as const;

/** Starts one that serves the discovery of a few core kinds and nothing else. */
export async function startFakeApiServer(): Promise<FakeApiServer> {
  const ca = await mintCa({ name: 'kubernetes' });
  const { certPem, keyPem } = await ca.issue({ ipAddresses: ['127.0.0.1'] });
  const routes = new Map<string, Array<Answer | Handler>>();
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const server = https.createServer(
    { cert: certPem, key: keyPem },
    async (incoming, response) => {
      const seen = await read(incoming);
      requests.push(seen);
      const answers = routes.get(seen.line) ?? [];
      const next = answers.length > 1 ? answers.shift() : answers[0];
      respond(next ?? notFound(seen), seen, response);
    },
  );
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const on: FakeApiServer['on'] = (line, ...answers) =>
    void routes.set(line, answers);
  on('GET /api/v1', {
    body: {
      kind: 'APIResourceList',
      groupVersion: 'v1',
      resources: CORE_V1.map(([name, kind, namespaced]) => ({
        name,
        kind,
        namespaced,
      })),
    },
  });
  return {
    server,
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca,
    caData: Buffer.from(ca.certPem).toString('base64'),
    requests,
    on,
    close: () => {
      server.close();
      sockets.forEach(socket => socket.destroy());
    },
  };
}

/** A failure as the API server words it. */
export function failure(
  code: number,
  reason: string,
  message: string,
  details: object = {},
): Answer {
  return {
    status: code,
    body: {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      code,
      reason,
      message,
      details,
    },
  };
}

async function read(incoming: IncomingMessage): Promise<SeenRequest> {
  const url = new URL(incoming.url!, 'https://localhost');
  const body = await text(incoming);
  return {
    line: `${incoming.method} ${url.pathname}`,
    query: Object.fromEntries(url.searchParams),
    headers: incoming.headers,
    body: body && JSON.parse(body),
  };
}

function respond(
  answer: Answer | Handler,
  seen: SeenRequest,
  response: ServerResponse,
): void {
  const result = typeof answer === 'function' ? answer(seen, response) : answer;
  if (!result) return;
  response.statusCode = result.status ?? 200;
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(result.body));
}

function notFound({ line }: SeenRequest): Answer {
  return failure(404, 'NotFound', `${line}: not found`);
}
