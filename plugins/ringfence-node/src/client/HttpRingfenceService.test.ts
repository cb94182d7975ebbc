import { mockCredentials } from '@backstage/backend-test-utils';
import type { ProvisioningEvent } from '@ringfence/backstage-plugin-ringfence-common';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChangeTimings } from './Connection';
import { HttpRingfenceService } from './HttpRingfenceService';

const at = '2026-01-02T03:04:05.000Z';
const SPEC = {
  blueprint: 'scylladb-ambient',
  kubernetesCluster: 'eu-1',
  namespace: 'orders',
};
const STAGE: ProvisioningEvent = {
  type: 'stage',
  at,
  stage: 'namespace',
  index: 1,
  count: 9,
};
const OBJECT: ProvisioningEvent = {
  type: 'object',
  at,
  object: 'Namespace orders',
  change: 'created',
};
const DONE: ProvisioningEvent = {
  type: 'done',
  at,
  outcome: {
    database: 'eu-1/orders',
    entityRef: 'resource:default/eu-1.orders',
    changed: true,
    gatewayAddresses: [],
    gatewayPorts: [],
    summary: 'Database "orders" is ready',
  },
};
const HELD: ProvisioningEvent = {
  type: 'failed',
  at,
  name: 'ConflictError',
  message: 'Lease "orders/ringfence" is held by another run',
  resumable: true,
};

type Handler = (
  request: http.IncomingMessage,
  response: http.ServerResponse,
) => void;

let server: http.Server;
let requests: Array<{ line: string; authorization?: string; body: string }>;

/** Answers the first request with the first handler, and so on; the last one stays. */
async function backend(
  handlers: Handler[],
  timings: Partial<ChangeTimings> = {},
) {
  requests = [];
  server = http.createServer(async (request, response) => {
    const { method, url, headers } = request;
    const handler = handlers.length > 1 ? handlers.shift()! : handlers[0];
    let body = '';
    for await (const chunk of request) body += chunk;
    requests.push({
      line: `${method} ${url}`,
      authorization: headers.authorization,
      body,
    });
    handler(request, response);
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return new HttpRingfenceService({
    auth: { getPluginRequestToken: async () => ({ token: 'obo' }) },
    discovery: { getBaseUrl: async () => `http://127.0.0.1:${port}` },
    timings: { backOffMs: [1, 1, 1], ...timings },
  });
}

afterEach(async () => {
  server.closeAllConnections();
  await new Promise(resolve => {
    server.close(resolve);
  });
});

const lines = (events: ProvisioningEvent[]) =>
  events.map(event => `${JSON.stringify(event)}\n`).join('');
const answer =
  (...events: ProvisioningEvent[]): Handler =>
  (_request, response) =>
    response.end(lines(events));
/** Writes, then cuts the connection. */
const drop =
  (...events: ProvisioningEvent[]): Handler =>
  (_request, response) => {
    response.write(lines(events), () => response.destroy());
  };
/** Writes, then says nothing more. */
const hang =
  (...events: ProvisioningEvent[]): Handler =>
  (_request, response) => {
    response.write(lines(events));
  };
const refuse =
  (status: number, name: string, message: string): Handler =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify({
        error: { name, message },
        response: { statusCode: status },
      }),
    );
  };

const options = { credentials: mockCredentials.user() };

async function collect(events: AsyncIterable<ProvisioningEvent>) {
  const all: ProvisioningEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

describe('provisioning', () => {
  it('posts the spec as the user and gives the events as they come', async () => {
    const service = await backend([answer(STAGE, DONE)]);
    expect(await collect(service.provision(SPEC, options))).toEqual([
      STAGE,
      DONE,
    ]);
    expect(requests).toEqual([
      {
        line: 'POST /databases',
        authorization: 'Bearer obo',
        body: JSON.stringify(SPEC),
      },
    ]);
  });

  it('reads events whose bytes come in pieces', async () => {
    const service = await backend([
      (_request, response) => {
        const text = lines([
          { type: 'info', at, message: 'Adresse für „orders“' },
          DONE,
        ]);
        const bytes = Buffer.from(text);
        // Inside the two bytes of "ü".
        const cut = bytes.indexOf(0xc3) + 1;
        response.write(bytes.subarray(0, cut), () =>
          setImmediate(() => response.end(bytes.subarray(cut))),
        );
      },
    ]);
    const [info] = await collect(service.provision(SPEC, options));
    expect(info).toMatchObject({ message: 'Adresse für „orders“' });
  });

  it.each([
    ['a connection that breaks', drop(STAGE)],
    ['an answer that ends early', answer(STAGE)],
    ['a backend that restarts', refuse(503, 'ServiceUnavailableError', '')],
    ['a backend that says nothing more', hang(STAGE)],
  ])('posts again after %s, and goes on', async (_what, handler) => {
    const service = await backend([handler, answer(OBJECT, DONE)], {
      idleMs: 100,
    });
    const events = await collect(service.provision(SPEC, options));
    expect(events.slice(-3)).toEqual([
      {
        type: 'info',
        at: expect.any(String),
        message: expect.stringMatching(
          /^Lost the Ringfence backend \(.+\); trying again in 0.001 s$/,
        ),
      },
      OBJECT,
      DONE,
    ]);
    expect(requests).toHaveLength(2);
  });

  it('waits for the lease of the run before a drop', async () => {
    const service = await backend([
      drop(STAGE),
      answer(STAGE, HELD),
      answer(DONE),
    ]);
    const events = await collect(service.provision(SPEC, options));
    expect(events.at(-1)).toEqual(DONE);
    expect(events).not.toContainEqual(HELD);
  });

  it('tells at once where somebody else holds the lease', async () => {
    const service = await backend([answer(HELD)]);
    expect(await collect(service.provision(SPEC, options))).toEqual([HELD]);
    expect(requests).toHaveLength(1);
  });

  it('gives up after the last pause, and says that nothing is lost', async () => {
    const service = await backend([drop(STAGE)]);
    await expect(collect(service.provision(SPEC, options))).rejects.toThrow(
      /^Lost the Ringfence backend: .+ Run it again: it goes on where things stand$/,
    );
    expect(requests).toHaveLength(4);
  });

  it('begins the pauses anew after a connection that lasted', async () => {
    const service = await backend(
      [...Array(9).fill(drop(STAGE)), answer(DONE)],
      { steadyMs: 0 },
    );
    const events = await collect(service.provision(SPEC, options));
    expect(events.at(-1)).toEqual(DONE);
  });

  it.each([
    [400, 'InputError', 'spec.replicas: must be at least 1'],
    [403, 'NotAllowedError', 'not an owner'],
    [409, 'ConflictError', 'taken'],
  ])(
    'throws what the backend refuses with %d',
    async (status, name, message) => {
      const service = await backend([refuse(status, name, message)]);
      await expect(
        collect(service.provision(SPEC, options)),
      ).rejects.toMatchObject({ name, message });
      expect(requests).toHaveLength(1);
    },
  );

  it('says to run it again where the sign-in has expired', async () => {
    const service = await backend([refuse(401, 'AuthenticationError', 'jwt')]);
    await expect(
      collect(service.provision(SPEC, options)),
    ).rejects.toMatchObject({
      name: 'AuthenticationError',
      message: expect.stringContaining('Run it again'),
    });
  });

  it('says what is missing where the backend is not installed', async () => {
    const service = await backend([
      (_request, response) => response.writeHead(404).end('<html>'),
    ]);
    await expect(collect(service.provision(SPEC, options))).rejects.toThrow(
      '@ringfence/backstage-plugin-ringfence-backend',
    );
  });
});

describe('cancelling', () => {
  it('tells the backend, and gives its last word', async () => {
    const cancel = new AbortController();
    let stream!: http.ServerResponse;
    const last = { ...HELD, name: 'CancelledError' } as ProvisioningEvent;
    const service = await backend([
      (_request, response) => {
        stream = response;
        response.write(lines([STAGE]));
      },
      (_request, response) => {
        response.writeHead(202).end();
        stream.end(lines([last]));
      },
    ]);
    const events: ProvisioningEvent[] = [];
    for await (const event of service.provision(SPEC, {
      ...options,
      signal: cancel.signal,
    })) {
      events.push(event);
      if (event.type === 'stage') cancel.abort();
    }
    expect(events).toEqual([STAGE, last]);
    expect(requests[1].line).toBe('DELETE /databases/eu-1/orders/provisioning');
  });

  it.each([
    ['another replica runs it', refuse(404, 'NotFoundError', 'not here')],
    ['the backend hangs', hang()],
  ])(
    'ends within its grace, and drops the connection, where %s',
    async (_why, onDelete) => {
      const cancel = new AbortController();
      let closed!: Promise<void>;
      const service = await backend(
        [
          (_request, response) => {
            closed = new Promise(resolve => {
              response.on('close', resolve);
            });
            response.write(lines([STAGE]));
          },
          onDelete,
        ],
        { cancelGraceMs: 100 },
      );
      const events: ProvisioningEvent[] = [];
      for await (const event of service.provision(SPEC, {
        ...options,
        signal: cancel.signal,
      })) {
        events.push(event);
        if (event.type === 'stage') cancel.abort();
      }
      expect(events.at(-1)).toMatchObject({
        type: 'failed',
        name: 'CancelledError',
        resumable: true,
      });
      await closed;
    },
  );

  it('posts nothing where it was cancelled before', async () => {
    const service = await backend([answer(DONE)]);
    const signal = AbortSignal.abort();
    const events = await collect(
      service.provision(SPEC, { ...options, signal }),
    );
    expect(events).toEqual([
      expect.objectContaining({ name: 'CancelledError' }),
    ]);
    expect(requests).toEqual([]);
  });
});

it('closes the connection where nobody reads on', async () => {
  let closed!: Promise<void>;
  const service = await backend([
    (_request, response) => {
      closed = new Promise(resolve => {
        response.on('close', resolve);
      });
      response.write(lines([STAGE]));
    },
  ]);
  for await (const event of service.provision(SPEC, options)) {
    expect(event).toEqual(STAGE);
    break;
  }
  await closed;
});

it('does not post a decommissioning again', async () => {
  const service = await backend([drop(STAGE)]);
  const ref = { kubernetesCluster: 'eu-1', namespace: 'orders' };
  const request = { confirm: 'orders', deleteVolumes: false };
  await expect(
    collect(service.decommission(ref, request, options)),
  ).rejects.toThrow('Lost the Ringfence backend');
  expect(requests).toEqual([
    expect.objectContaining({
      line: 'POST /databases/eu-1/orders/decommission',
      body: JSON.stringify(request),
    }),
  ]);
});

it('lists databases, and what could not be asked', async () => {
  const service = await backend([
    (_request, response) =>
      response.end(JSON.stringify({ items: [], unreachable: ['us-1'] })),
  ]);
  expect(await service.listDatabases(options)).toEqual({
    databases: [],
    unreachable: ['us-1'],
  });
});
