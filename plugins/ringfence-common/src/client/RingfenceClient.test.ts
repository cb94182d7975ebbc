import { attachmentFileName } from './attachmentFileName';
import { RingfenceClient } from './RingfenceClient';

const REF = { kubernetesCluster: 'eu-1', namespace: 'orders' };
const BASE = 'https://portal.example.com/api/ringfence';

function clientThatGets(response: Response) {
  const fetch = jest.fn(async () => response);
  const client = new RingfenceClient({
    discoveryApi: {
      getBaseUrl: async id => `https://portal.example.com/api/${id}`,
    },
    fetchApi: { fetch },
  });
  return { client, fetch };
}

it.each([
  ['listPlatforms', '/platforms'],
  ['listBlueprints', '/blueprints'],
  ['listDatabases', '/databases'],
  ['listFleet', '/fleet'],
] as const)('%s gives the items of %s', async (method, path) => {
  const items = [{ name: 'eu-1' }];
  const { client, fetch } = clientThatGets(Response.json({ items }));
  expect(await client[method]()).toEqual(items);
  expect(fetch).toHaveBeenCalledWith(
    BASE + path,
    expect.objectContaining({ method: 'GET' }),
  );
});

it.each([
  ['getDatabase', 'GET', ''],
  ['getReport', 'GET', '/report'],
  ['getDetails', 'GET', '/details'],
  ['getAccess', 'GET', '/access'],
  ['revealCredentials', 'POST', '/credentials/reveal'],
] as const)('%s asks with %s for %s', async (name, method, path) => {
  const { client, fetch } = clientThatGets(Response.json({ name: 'orders' }));
  expect(await client[name](REF)).toEqual({ name: 'orders' });
  expect(fetch).toHaveBeenCalledWith(
    `${BASE}/databases/eu-1/orders${path}`,
    expect.objectContaining({ method }),
  );
});

it.each([
  ['getTraffic', '/traffic'],
  ['getDrift', '/drift'],
] as const)('%s gives the items of %s of a database', async (method, path) => {
  const items = [{ at: '2026-01-02T03:04:05.000Z' }];
  const { client, fetch } = clientThatGets(Response.json({ items }));
  expect(await client[method](REF)).toEqual(items);
  expect(fetch).toHaveBeenCalledWith(
    `${BASE}/databases/eu-1/orders${path}`,
    expect.objectContaining({ method: 'GET' }),
  );
});

describe('a change', () => {
  const AT = '2026-01-02T03:04:05.000Z';
  const INFO = { type: 'info', at: AT, message: 'issuing' };
  const FAILED = {
    type: 'failed',
    at: AT,
    name: 'ConflictError',
    message: 'held',
    resumable: true,
  };

  /** A body in chunks that do not end where lines end. */
  function lines(...events: object[]) {
    const text = events.map(event => `${JSON.stringify(event)}\n`).join('');
    const half = Math.floor(text.length / 2);
    const onCancel = jest.fn();
    const chunks = [text.slice(0, half), text.slice(half)];
    const body = new ReadableStream({
      pull(controller) {
        const chunk = chunks.shift();
        if (chunk === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(chunk));
      },
      cancel: onCancel,
    });
    return { body, onCancel };
  }

  async function all<T>(events: AsyncIterable<T>): Promise<T[]> {
    const list: T[] = [];
    for await (const event of events) list.push(event);
    return list;
  }

  it('posts which certificate to renew, and gives the events as they come', async () => {
    const { client, fetch } = clientThatGets(
      new Response(lines(INFO, FAILED).body),
    );
    expect(await all(client.renewCertificate(REF, 'orders-tls'))).toEqual([
      INFO,
      FAILED,
    ]);
    expect(fetch).toHaveBeenCalledWith(
      `${BASE}/databases/eu-1/orders/renew`,
      expect.objectContaining({
        method: 'POST',
        body: '{"certificate":"orders-tls"}',
      }),
    );
  });

  it('closes the connection where the reader leaves', async () => {
    const { body, onCancel } = lines(INFO, INFO, INFO, FAILED);
    const { client } = clientThatGets(new Response(body));
    const events = client.repairDrift(REF)[Symbol.asyncIterator]();
    expect(await events.next()).toEqual({ done: false, value: INFO });
    await events.return!();
    expect(onCancel).toHaveBeenCalled();
  });

  it('says so where the connection ends before the change does', async () => {
    const { client } = clientThatGets(new Response(lines(INFO).body));
    await expect(all(client.repairDrift(REF))).rejects.toThrow(
      'Lost the Ringfence backend before it was done',
    );
  });

  it('throws what the backend refuses with', async () => {
    const { client } = clientThatGets(
      Response.json(
        {
          error: { name: 'NotAllowedError', message: 'not an owner' },
          response: { statusCode: 403 },
        },
        { status: 403 },
      ),
    );
    await expect(all(client.repairDrift(REF))).rejects.toMatchObject({
      cause: { message: 'not an owner' },
    });
  });
});

describe('a connection test', () => {
  const NAME = { step: 'name', state: 'ok', summary: 'orders.example.com' };
  const RING = { step: 'ring', state: 'ok', summary: '3 nodes, one schema' };

  async function run(...steps: object[]) {
    const text = steps.map(step => `${JSON.stringify(step)}\n`).join('');
    const { client, fetch } = clientThatGets(new Response(text));
    const seen: unknown[] = [];
    for await (const step of client.testConnection(REF)) seen.push(step);
    expect(fetch).toHaveBeenCalledWith(
      `${BASE}/databases/eu-1/orders/connection-test`,
      expect.objectContaining({ method: 'POST' }),
    );
    return seen;
  }

  it('gives the steps up to the last', async () => {
    expect(await run(NAME, RING)).toEqual([NAME, RING]);
  });

  it('says so where the connection ends before the last step', async () => {
    await expect(run(NAME)).rejects.toThrow(
      'Lost the Ringfence backend before the test was done',
    );
  });

  it('takes no line that is not a step', async () => {
    await expect(run({ ...NAME, state: 'perfect' })).rejects.toThrow('state');
  });
});

it('posts from where somebody cannot connect', async () => {
  const { client, fetch } = clientThatGets(Response.json({ ways: [] }));
  expect(await client.diagnoseConnection(REF, { kind: 'laptop' })).toEqual({
    ways: [],
  });
  expect(fetch).toHaveBeenCalledWith(
    `${BASE}/databases/eu-1/orders/diagnosis`,
    expect.objectContaining({
      method: 'POST',
      body: '{"from":{"kind":"laptop"}}',
    }),
  );
});

it('asks for the probes to be run again', async () => {
  const { client, fetch } = clientThatGets(Response.json({}));
  await client.getReport(REF, { refresh: true });
  expect(fetch).toHaveBeenCalledWith(
    `${BASE}/databases/eu-1/orders/report?refresh=true`,
    expect.anything(),
  );
});

it.each([
  ['attachment; filename="orders.zip"', 'orders.zip'],
  ['attachment; filename="../../etc/passwd"', 'orders-fallback.zip'],
  ['', 'orders-fallback.zip'],
])('names the bundle by %j: %s', async (disposition, fileName) => {
  const ref = { ...REF, namespace: 'orders-fallback' };
  const { client } = clientThatGets(
    new Response('PK', { headers: { 'content-disposition': disposition } }),
  );
  const bundle = await client.downloadBundle(ref);
  expect(bundle.fileName).toBe(fileName);
  expect(await bundle.content.text()).toBe('PK');
});

it('finds no file name where there is no header', () => {
  expect(attachmentFileName(null)).toBeUndefined();
});

it('throws what the backend said', async () => {
  const { client } = clientThatGets(
    Response.json(
      {
        error: { name: 'NotAllowedError', message: 'not an owner' },
        response: { statusCode: 403 },
      },
      { status: 403 },
    ),
  );
  await expect(client.getAccess(REF)).rejects.toMatchObject({
    name: 'ResponseError',
    statusCode: 403,
    cause: { name: 'NotAllowedError', message: 'not an owner' },
  });
});
