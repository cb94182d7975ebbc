import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';

const CHANNEL = 'http.client.response.finish';

/** An answer that this process got over HTTP. */
export interface Answer {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly status: number;
  /** As the API server sends them beside its answer. */
  readonly warnings: readonly string[];
}

/** Records what this process is answered over HTTP, whoever in it asked. */
export class Wire {
  private readonly answers: Answer[] = [];

  constructor() {
    subscribe(CHANNEL, this.onAnswer);
  }

  /** What a field manager sent. */
  of(manager: string): Answer[] {
    return this.answers.filter(
      ({ query }) => query.get('fieldManager') === manager,
    );
  }

  stop(): void {
    unsubscribe(CHANNEL, this.onAnswer);
  }

  private readonly onAnswer = (message: unknown) => {
    const { request, response } = message as {
      request: ClientRequest;
      response: IncomingMessage;
    };
    const url = new URL(request.path, 'https://server');
    this.answers.push({
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      status: response.statusCode ?? 0,
      warnings: [response.headers.warning ?? []].flat(),
    });
  };
}
