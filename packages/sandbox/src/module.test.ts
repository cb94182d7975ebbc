import { mockServices, startTestBackend } from '@backstage/backend-test-utils';
import ringfence from '@ringfence/backstage-plugin-ringfence-backend';
import request from 'supertest';
import { sandboxModule } from './module';

jest.setTimeout(60_000);

describe('sandboxModule', () => {
  const start = async (sandbox: object) =>
    startTestBackend({
      features: [
        ringfence,
        sandboxModule,
        mockServices.rootConfig.factory({
          data: { ringfence: { admins: ['user:default/mock'], sandbox } },
        }),
      ],
    });
  const items = async (server: any, path: string) =>
    (await request(server).get(`/api/ringfence/${path}`)).body.items;

  it('contributes a Kubernetes cluster that says what it imitates', async () => {
    const backend = await start({ ring: 'stub', prepared: false });
    const platforms = await items(backend.server, 'platforms');
    await backend.stop();
    expect(platforms).toEqual([
      expect.objectContaining({
        name: 'sandbox',
        usable: true,
        simulated: expect.stringMatching(
          /^Sandbox: Kubernetes, cert-manager and Istio are imitated/,
        ),
        istioVersion: '1.31.1',
        storageClasses: [
          { name: 'standard', default: true },
          { name: 'fast-xfs', default: false },
        ],
        gatewayClasses: expect.arrayContaining(['istio']),
        issuers: [{ kind: 'ClusterIssuer', name: 'company-ca' }],
      }),
    ]);
  });

  it('contributes nothing where it is switched off', async () => {
    const backend = await start({ enabled: false });
    const platforms = await items(backend.server, 'platforms');
    await backend.stop();
    expect(platforms).toEqual([]);
  });

  it('lets its objects be changed past Ringfence where that is switched on, and only there', async () => {
    const map = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'edited', namespace: 'default' },
      data: { by: 'hand' },
    };
    const post = async (sandbox: object, body: object) => {
      const backend = await start({
        ring: 'stub',
        prepared: false,
        ...sandbox,
      });
      const response = await request(backend.server)
        .post('/api/ringfence/sandbox/objects')
        .send(body);
      await backend.stop();
      return response;
    };
    const { status, body } = await post({ edits: true }, map);
    expect([status, body.data]).toEqual([200, { by: 'hand' }]);
    expect((await post({ edits: true }, {})).status).toBe(400);
    expect((await post({}, map)).status).toBe(404);
  });

  it('begins with a healthy database and one whose certificate runs out', async () => {
    const backend = await start({ ring: 'stub' });
    const ready = async () =>
      (await items(backend.server, 'databases')).filter(
        (it: any) => it.state === 'ready',
      );
    let databases = await ready();
    for (
      const end = Date.now() + 40_000;
      databases.length < 2 && Date.now() < end;

    ) {
      await new Promise(resolve => setTimeout(resolve, 100));
      databases = await ready();
    }
    const notOk = async (namespace: string) => {
      const path = `/api/ringfence/databases/sandbox/${namespace}/report?refresh=true`;
      const { findings } = (await request(backend.server).get(path)).body;
      return findings
        .filter((it: any) => it.status !== 'ok')
        .map((it: any) => `${it.check} ${it.status} ${it.reason}`);
    };
    const shop = await notOk('shop');
    const billing = await notOk('billing');
    await backend.stop();
    expect(databases.map((it: any) => it.namespace).sort()).toEqual([
      'billing',
      'shop',
    ]);
    for (const { simulated } of databases)
      expect(simulated).toContain('it was prepared for the demo');
    expect(shop).toEqual([]);
    expect(billing).toEqual(['certificate.valid warning RenewalOverdue']);
  });
});
