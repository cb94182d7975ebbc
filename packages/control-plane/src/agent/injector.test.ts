import { once } from 'node:events';
import { request } from 'node:https';
import { json } from 'node:stream/consumers';
import { silentLog } from '@ringfence/data-plane';
import { startInjector, type Injector } from './injector';

const pod = (metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'orders-0', labels: { app: 'orders' }, ...metadata },
  spec: { containers: [{ name: 'cassandra', image: 'cassandra:5.0.8' }] },
});

let injector: Injector;
beforeAll(async () => {
  injector = await startInjector(silentLog);
});
afterAll(() => injector.stop());

/** As the API server asks. @param ca - by which it verifies */
async function review(object: object, ca: string): Promise<any> {
  const { url } = injector.client as { url: string };
  const asked = request(url, { method: 'POST', ca });
  asked.end(
    JSON.stringify({ request: { uid: '7', namespace: 'orders', object } }),
  );
  const [response] = await once(asked, 'response');
  return ((await json(response)) as any).response;
}

const trusted = () =>
  Buffer.from(injector.client.caBundle!, 'base64').toString();

it('answers over TLS that its own CA verifies, with a patch that adds the sidecar', async () => {
  const { uid, allowed, patchType, patch } = await review(pod(), trusted());
  expect({ uid, allowed, patchType }).toEqual({
    uid: '7',
    allowed: true,
    patchType: 'JSONPatch',
  });
  const operations: any[] = JSON.parse(Buffer.from(patch, 'base64').toString());
  const valueOf = (path: string) =>
    operations.find(operation => operation.path === path)?.value;
  expect(valueOf('/spec/initContainers').map(({ name }: any) => name)).toEqual([
    'istio-validation',
    'istio-proxy',
  ]);
  expect(valueOf('/metadata/labels')).toMatchObject({
    app: 'orders',
    'security.istio.io/tlsMode': 'istio',
  });
});

it('is not believed by who trusts another CA', async () => {
  const other = await startInjector(silentLog);
  const { caBundle } = other.client;
  await other.stop();
  const ca = Buffer.from(caBundle!, 'base64').toString();
  await expect(review(pod(), ca)).rejects.toThrow('certificate');
});

it('leaves a pod alone that has a sidecar', async () => {
  const annotations = { 'sidecar.istio.io/status': '{}' };
  expect(await review(pod({ annotations }), trusted())).toEqual({
    uid: '7',
    allowed: true,
  });
});
