import { setTimeout as delay } from 'node:timers/promises';

/** A response that was not the expected one, with the server's own words. */
export class UnexpectedResponse extends Error {
  constructor(readonly status: number, what: string, body: string) {
    super(`${what} answered ${status}: ${body.slice(0, 500)}`);
  }
}

/** A line of a scaffolder task's log. */
export interface TaskEvent {
  readonly id: number;
  readonly type: 'log' | 'completion' | 'cancelled' | 'recovered';
  readonly createdAt: string;
  readonly body: {
    message?: string;
    status?: string;
    output?: any;
    error?: any;
  };
}

/** The portal's HTTP APIs as one signed-in user sees them. */
export class PortalApi {
  private constructor(
    private readonly baseUrl: string,
    /** The user's Backstage token. */
    readonly token: string,
  ) {}

  /** Signs in through the demo provider, as the browser does. */
  static async signIn(baseUrl: string, user: string): Promise<PortalApi> {
    const response = await fetch(
      `${baseUrl}/api/auth/demo/refresh?env=development`,
      {
        headers: {
          'x-requested-with': 'XMLHttpRequest',
          'x-ringfence-demo-user': user,
        },
      },
    );
    const body = await response.text();
    if (!response.ok) {
      throw new UnexpectedResponse(response.status, `Sign-in as ${user}`, body);
    }
    return new PortalApi(baseUrl, JSON.parse(body).backstageIdentity.token);
  }

  /** A request with this user's token; any status. */
  request(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.baseUrl}/api${path}`, {
      ...init,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(init.body ? { 'content-type': 'application/json' } : {}),
        ...init.headers,
      },
    });
  }

  /** @throws UnexpectedResponse unless the answer is a success */
  async get(path: string): Promise<any> {
    return (await this.ok(path)).json();
  }

  /** @throws UnexpectedResponse unless the answer is a success */
  async post(path: string, body: unknown = {}): Promise<any> {
    const init = { method: 'POST', body: JSON.stringify(body) };
    return (await this.ok(path, init)).json();
  }

  /** @throws UnexpectedResponse unless the answer is a success */
  async download(path: string): Promise<Uint8Array> {
    return new Uint8Array(await (await this.ok(path)).arrayBuffer());
  }

  private async ok(path: string, init?: RequestInit): Promise<Response> {
    const response = await this.request(path, init);
    if (!response.ok) {
      const what = `${init?.method ?? 'GET'} ${path}`;
      throw new UnexpectedResponse(
        response.status,
        what,
        await response.text(),
      );
    }
    return response;
  }

  /** Waits until the catalog has an entity. @throws after `timeoutMs` */
  async waitForEntity(entityRef: string, timeoutMs: number): Promise<void> {
    const [kind, rest] = entityRef.split(':');
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const path = `/catalog/entities/by-name/${kind}/${rest}`;
      const response = await this.request(path);
      if (response.ok) return;
      if (Date.now() > deadline) {
        throw new UnexpectedResponse(
          response.status,
          path,
          await response.text(),
        );
      }
      await delay(200);
    }
  }

  /** Starts a template; answers the task's id. */
  async startTemplate(templateRef: string, values: object): Promise<string> {
    const task = await this.post('/scaffolder/v2/tasks', {
      templateRef,
      values,
    });
    return task.id;
  }

  /**
   * The task's events up to its end.
   *
   * @throws where the task is not over after `timeoutMs`
   */
  async followTask(
    taskId: string,
    options: { timeoutMs: number; onEvent?: (event: TaskEvent) => void },
  ): Promise<TaskEvent[]> {
    const deadline = Date.now() + options.timeoutMs;
    const events: TaskEvent[] = [];
    while (events.at(-1)?.type !== 'completion') {
      if (Date.now() > deadline) {
        throw new Error(
          `Task ${taskId} is not over after ${options.timeoutMs} ms; last: ${
            events.at(-1)?.body.message
          }`,
        );
      }
      await delay(500);
      const after = events.at(-1)?.id ?? 0;
      const fresh: TaskEvent[] = await this.get(
        `/scaffolder/v2/tasks/${taskId}/events?after=${after}`,
      );
      fresh.forEach(event => options.onEvent?.(event));
      events.push(...fresh);
    }
    return events;
  }
}
