import { Agent, request } from 'node:https';
import type { Way } from '../cql';

const REST_PORT = 8443;
const TIMEOUT_MS = 20_000;

/** What Ignite's REST API answers. */
export interface RestAnswer {
  /** 0: done; 1: failed; 2: the login was refused. */
  readonly successStatus: number;
  readonly error: string | null;
  readonly response: any;
}

/** Asks REST through the gateway, which is verified by CA and address. */
export class Rest {
  readonly #agent: Agent;

  constructor(private readonly way: Way) {
    this.#agent = new Agent({ keepAlive: true, ca: [way.caPem] });
  }

  /** With the application's login: it is in the body, as a form. */
  ask(command: string, fields: Record<string, string> = {}) {
    const { username, password } = this.way;
    return this.askAnonymously(command, {
      ...fields,
      'ignite.login': username,
      'ignite.password': password,
    });
  }

  /** @throws where no answer comes, or one that is no success of HTTP */
  askAnonymously(
    command: string,
    fields: Record<string, string> = {},
  ): Promise<RestAnswer> {
    const body = new URLSearchParams({ cmd: command, ...fields }).toString();
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          host: this.way.address,
          port: REST_PORT,
          path: '/ignite',
          method: 'POST',
          agent: this.#agent,
          timeout: TIMEOUT_MS,
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        },
        response => {
          const chunks: Buffer[] = [];
          response.on('data', chunk => chunks.push(chunk));
          response.once('error', reject);
          response.once('end', () => {
            const text = Buffer.concat(chunks).toString();
            if (response.statusCode === 200) resolve(JSON.parse(text));
            else reject(new Error(`HTTP ${response.statusCode}: ${text}`));
          });
        },
      );
      asked.once('timeout', () =>
        asked.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)),
      );
      asked.once('error', reject);
      asked.end(body);
    });
  }

  /** Ends its connections: the next question begins with a new handshake. */
  close(): void {
    this.#agent.destroy();
  }
}
