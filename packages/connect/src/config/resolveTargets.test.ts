import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mintCa } from '@ringfence/connection/testUtils';
import type { Bundle } from '../bundle';
import { connectionFor } from '../__testUtils__/gateway';
import { resolveTargets, type Overrides } from './resolveTargets';

const IN_POD = { KUBERNETES_SERVICE_HOST: '10.96.0.1' };
const EXTERNAL = 'orders.example.com:9041';
const SERVICE = 'orders-gateway-istio.orders.svc:9041';

let bundle: Pick<Bundle, 'connection' | 'caPem'>;

beforeAll(async () => {
  const { certPem } = await mintCa({ name: 'orders CA' });
  bundle = {
    caPem: certPem,
    connection: connectionFor(9041, certPem, {
      endpoints: [
        { scope: 'external', host: 'orders.example.com', port: 9041 },
        {
          scope: 'in-cluster',
          host: 'orders-gateway-istio.orders.svc',
          port: 9041,
        },
      ],
    }),
  };
});

it.each<[string, Overrides, NodeJS.ProcessEnv, string[]]>([
  ['the external address first', {}, {}, [EXTERNAL, SERVICE]],
  ['the Service first in a pod', {}, IN_POD, [SERVICE, EXTERNAL]],
  [
    'only the given host, with the port of the bundle',
    { gatewayHost: '192.0.2.7' },
    {},
    ['192.0.2.7:9041'],
  ],
  [
    'the given port at each host',
    { gatewayPort: 443 },
    {},
    ['orders.example.com:443', 'orders-gateway-istio.orders.svc:443'],
  ],
  [
    'the given host and port, in a pod, too',
    { gatewayHost: '192.0.2.7', gatewayPort: 443 },
    IN_POD,
    ['192.0.2.7:443'],
  ],
])('dials %s', async (_what, overrides, environment, expected) => {
  const targets = await resolveTargets(bundle, overrides, environment);
  expect(targets.map(({ host, port }) => `${host}:${port}`)).toEqual(expected);
});

it('verifies the name of the bundle whatever is dialled', async () => {
  const [target] = await resolveTargets(
    bundle,
    { gatewayHost: '192.0.2.7' },
    {},
  );
  expect(target.serverName).toBe('orders.example.com');
  expect(target.caPem).toBe(bundle.caPem);
});

it('trusts the given CA file instead of the CA of the bundle', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ca-'));
  const caFile = join(folder, 'other.crt');
  const other = await mintCa({ name: 'another CA' });
  await writeFile(caFile, other.certPem);
  const [target] = await resolveTargets(bundle, { caFile }, {});
  await rm(folder, { recursive: true });

  expect(target.caPem).toBe(other.certPem);
});

it('refuses a CA file that is not there', async () => {
  await expect(
    resolveTargets(bundle, { caFile: '/nonexistent/ca.crt' }, {}),
  ).rejects.toMatchObject({
    reason: 'Usage',
    message: 'CA file "/nonexistent/ca.crt" cannot be read (ENOENT)',
  });
});
