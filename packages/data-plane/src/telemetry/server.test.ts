import { Telemetry } from './Telemetry';
import { startTelemetryServer, type TelemetryServer } from './server';

describe('telemetry server', () => {
  let server: TelemetryServer;
  const telemetry = new Telemetry({ version: '1.31.1' });

  beforeAll(async () => {
    server = await startTelemetryServer({
      address: '127.0.0.1',
      statsPort: 0,
      adminPort: 0,
      telemetry,
    });
  });

  afterAll(async () => server.stop());

  const get = (port: 'statsPort' | 'adminPort', path: string) =>
    fetch(`http://${server.address}:${server[port]}${path}`);

  it('serves metrics and readiness on one port', async () => {
    const stats = await get('statsPort', '/stats/prometheus');
    expect(await stats.text()).toBe(telemetry.renderPrometheus());
    expect((await get('statsPort', '/healthz/ready')).status).toBe(200);
  });

  it('serves the dump on another', async () => {
    const dump = await get('adminPort', '/config_dump');
    expect(await dump.json()).toMatchObject({
      version: { version: '1.31.1' },
      workloads: [],
    });
  });

  it.each([
    ['statsPort', '/config_dump'],
    ['adminPort', '/stats/prometheus'],
    ['adminPort', '/toString'],
  ] as const)('has nothing on %s%s', async (port, path) => {
    expect((await get(port, path)).status).toBe(404);
  });

  it('may be stopped twice, and then answers nothing', async () => {
    await server.stop();
    await server.stop();
    await expect(get('statsPort', '/stats/prometheus')).rejects.toThrow();
  });
});
