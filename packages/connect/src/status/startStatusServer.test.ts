import { startStatusServer, type StatusServer } from './startStatusServer';

let server: StatusServer;
let answers = true;

beforeEach(async () => {
  answers = true;
  server = await startStatusServer(0, {
    connectionCount: () => 3,
    counts: () => ({ carried: 7, failed: 2, refused: 1 }),
    gatewayAnswers: () => answers,
  });
});

afterEach(() => server.close());

const get = (path: string) => fetch(`http://127.0.0.1:${server.port}${path}`);

it('is ready while the gateway answers', async () => {
  expect((await get('/readyz')).status).toBe(200);
  answers = false;
  expect((await get('/readyz')).status).toBe(503);
  expect((await get('/livez')).status).toBe(200);
});

it('counts in OpenMetrics', async () => {
  const response = await get('/metrics');
  const text = await response.text();
  expect(response.headers.get('content-type')).toContain(
    'application/openmetrics-text',
  );
  expect(text).toContain('ringfence_connect_open_connections 3');
  expect(text).toContain('ringfence_connect_gateway_up 1');
  expect(text).toContain(
    'ringfence_connect_connections_total{result="carried"} 7',
  );
  expect(text.trimEnd().endsWith('# EOF')).toBe(true);
});

it('says that the port is taken', async () => {
  await expect(
    startStatusServer(server.port, {
      connectionCount: () => 0,
      counts: () => ({ carried: 0, failed: 0, refused: 0 }),
      gatewayAnswers: () => true,
    }),
  ).rejects.toMatchObject({
    reason: 'LocalPort',
    message: `Port ${server.port} for the status cannot be listened on (EADDRINUSE)`,
  });
});

it('knows nothing else', async () => {
  expect((await get('/')).status).toBe(404);
});
