import {
  startFakeApiServer,
  type FakeApiServer,
} from './__testUtils__/fakeApiServer';
import { ClientNodeKubernetesCluster } from './ClientNodeKubernetesCluster';

const POD = { namespace: 'orders', pod: 'orders-0', container: 'ignite' };
const LINE = 'GET /api/v1/namespaces/orders/pods/orders-0/log';

let fake: FakeApiServer;
let kubernetes: ClientNodeKubernetesCluster;

beforeEach(async () => {
  fake = await startFakeApiServer();
  kubernetes = new ClientNodeKubernetesCluster('eu-1', {
    from: 'url',
    url: fake.url,
    caData: fake.caData,
    credentials: { token: () => 'a-token' },
  });
});

afterEach(() => fake.close());

const refusal = (code: number, reason: string, message: string) => ({
  status: code,
  body: { kind: 'Status', status: 'Failure', code, reason, message },
});

it('reads the last lines of a container, as they are', async () => {
  fake.on(LINE, (_request, response) => {
    response.end('one\ntwo {"not": "an object"}\n');
  });
  expect(await kubernetes.logs(POD, { tailLines: 2 })).toBe(
    'one\ntwo {"not": "an object"}\n',
  );
  expect(fake.requests.at(-1)?.query).toMatchObject({
    container: 'ignite',
    tailLines: '2',
  });
});

it('reads nothing of a container that was never started before', async () => {
  fake.on(
    LINE,
    refusal(
      400,
      'BadRequest',
      'previous terminated container "ignite" in pod "orders-0" not found',
    ),
  );
  expect(await kubernetes.logs(POD, { tailLines: 2, previous: true })).toBe('');
  expect(fake.requests.at(-1)?.query.previous).toBe('true');
});

it.each([
  [400, 'BadRequest', 'InputError'],
  [404, 'NotFound', 'NotFoundError'],
  [403, 'Forbidden', 'NotAllowedError'],
])('fails where the API server answers %d', async (code, reason, name) => {
  fake.on(LINE, refusal(code, reason, 'no'));
  await expect(kubernetes.logs(POD, { tailLines: 2 })).rejects.toMatchObject({
    name,
  });
});
