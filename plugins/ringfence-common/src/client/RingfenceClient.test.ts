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
