import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import { text } from 'node:stream/consumers';
import { ServiceUnavailableError } from '@backstage/errors';
import {
  networkError,
  statusError,
  type RequestContext,
  type Status,
} from './errors';
import type { KubeConfigSource } from './kubeConfig';

const REQUEST_TIMEOUT_MS = 30_000;

/** One request. */
export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Without query, its parts encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** @default application/json */
  readonly contentType?: string;
  /** @default application/json */
  readonly accept?: string;
  readonly signal?: AbortSignal;
  /** For the words of an error. */
  readonly context: Omit<RequestContext, 'kubernetesCluster'>;
}

/**
 * The API server over HTTPS. Objects stay as they are on the wire: the
 * client's models would turn times into dates and drop fields they do not know.
 */
export class ApiServer {
  readonly name: string;
  readonly source: KubeConfigSource;

  constructor(name: string, source: KubeConfigSource) {
    this.name = name;
    this.source = source;
  }

  /**
   * Sends a request and reads the answer.
   *
   * @throws what {@link statusError} and {@link networkError} make of it
   */
  async request(request: ApiRequest): Promise<any> {
    return JSON.parse(await this.#read(request, this.#deadline(request)));
  }

  /** Sends a request and reads an answer that is text and no object. */
  async readText(request: ApiRequest): Promise<string> {
    return this.#read(request, this.#deadline(request));
  }

  #deadline({ signal }: ApiRequest): AbortSignal {
    const deadline = AbortSignal.timeout(REQUEST_TIMEOUT_MS);
    return signal ? AbortSignal.any([signal, deadline]) : deadline;
  }

  async #read(request: ApiRequest, signal: AbortSignal): Promise<string> {
    const response = await this.open({ ...request, signal });
    try {
      return await text(response);
    } catch (error) {
      throw await this.#unreachable(error as Error, request.signal);
    }
  }

  /** Sends a request and gives the answer as a stream as soon as it begins. */
  async open(request: ApiRequest): Promise<IncomingMessage> {
    const response = await this.#send(request);
    const code = response.statusCode ?? 0;
    if (code >= 200 && code < 300) return response;
    throw statusError(code, parseStatus(await text(response)), {
      ...request.context,
      kubernetesCluster: this.name,
    });
  }

  async #send(request: ApiRequest, isRetry = false): Promise<IncomingMessage> {
    const content =
      request.body === undefined ? undefined : JSON.stringify(request.body);
    const options = await this.#options(request, content);
    let reused = false;
    try {
      return await new Promise<IncomingMessage>((resolve, reject) => {
        const outgoing = https.request(options, resolve);
        outgoing.once('error', error => {
          reused = outgoing.reusedSocket;
          reject(error);
        });
        outgoing.end(content);
      });
    } catch (error) {
      // The other side may close an idle connection at the moment of its use.
      const mayRepeat = reused && !isRetry && request.method !== 'POST';
      if (mayRepeat && (error as NodeJS.ErrnoException).code === 'ECONNRESET') {
        return this.#send(request, true);
      }
      throw await this.#unreachable(error as Error, request.signal);
    }
  }

  async #options(
    request: ApiRequest,
    content: string | undefined,
  ): Promise<https.RequestOptions> {
    const config = await this.source.get();
    const options: https.RequestOptions = {};
    try {
      await config.applyToHTTPSOptions(options as any);
    } catch (error) {
      throw new ServiceUnavailableError(
        `Credentials for Kubernetes cluster "${this.name}" cannot be read: ${
          (error as Error).message
        }`,
      );
    }
    const url = new URL(`${config.getCurrentCluster()!.server}${request.path}`);
    for (const [key, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) url.searchParams.set(key, value);
    }
    return {
      ...options,
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port || 443,
      path: `${url.pathname}${url.search}`,
      method: request.method ?? 'GET',
      signal: request.signal,
      headers: {
        ...options.headers,
        Accept: request.accept ?? 'application/json',
        ...(content !== undefined && {
          'Content-Type': request.contentType ?? 'application/json',
          // Node sends the body of a DELETE without any framing else.
          'Content-Length': Buffer.byteLength(content),
        }),
      },
    };
  }

  /** An abort by the caller stays what it is; a deadline is told as such. */
  async #unreachable(error: Error, signal?: AbortSignal): Promise<Error> {
    const reason = signal?.aborted ? signal.reason : undefined;
    if (reason !== undefined && reason.name !== 'TimeoutError') return reason;
    const { server } = (await this.source.get()).getCurrentCluster()!;
    return networkError(
      reason
        ? new Error(`no answer within ${REQUEST_TIMEOUT_MS / 1000} s`)
        : error,
      this.name,
      server,
    );
  }
}

/** A proxy on the way may answer something else than a Status. */
function parseStatus(body: string): Status {
  try {
    return JSON.parse(body) as Status;
  } catch {
    return body === '' ? {} : { message: body.slice(0, 500) };
  }
}
