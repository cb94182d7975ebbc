import { mockCredentials } from '@backstage/backend-test-utils';
import { databaseOperatePermission } from '@ringfence/backstage-plugin-ringfence-common';
import request from 'supertest';
import {
  DONE,
  MOCK_USER,
  startRouter,
  storedDatabase,
} from './__testUtils__/startRouter';

const PATH = '/api/ringfence/databases/eu-1/orders';
const REF = { kubernetesCluster: 'eu-1', namespace: 'orders' };
const RENEWAL = { certificate: 'orders-tls' };
const OTHERS = 'group:default/payments';
const RUN = { actor: MOCK_USER, signal: expect.any(AbortSignal) };

it('renews a certificate as the user, streams it and audits which', async () => {
  const { server, services, auditor, audit } = await startRouter();
  const response = await request(server).post(`${PATH}/renew`).send(RENEWAL);
  expect(response.headers['content-type']).toContain('application/x-ndjson');
  expect(JSON.parse(response.text)).toEqual(DONE);
  expect(services.provisioner.renew).toHaveBeenCalledWith(REF, RENEWAL, RUN);
  expect(auditor.createEvent).toHaveBeenCalledWith(
    expect.objectContaining({
      eventId: 'database-renew',
      severityLevel: 'medium',
      meta: { database: 'eu-1/orders', certificate: 'orders-tls' },
    }),
  );
  expect(audit.success).toHaveBeenCalledTimes(1);
});

it('repairs drift as the user, streams it and audits it', async () => {
  const { server, services, auditor, audit } = await startRouter();
  const response = await request(server).post(`${PATH}/repair`);
  expect(JSON.parse(response.text)).toEqual(DONE);
  expect(services.provisioner.repair).toHaveBeenCalledWith(REF, RUN);
  expect(auditor.createEvent).toHaveBeenCalledWith(
    expect.objectContaining({
      eventId: 'database-repair',
      meta: { database: 'eu-1/orders' },
    }),
  );
  expect(audit.success).toHaveBeenCalledTimes(1);
});

it('takes a step of the rotation of the CA as the user, and audits which', async () => {
  const { server, services, auditor } = await startRouter();
  await request(server)
    .post(`${PATH}/rotate-ca`)
    .send({ step: 'trust' })
    .expect(200);
  expect(services.provisioner.rotateCa).toHaveBeenCalledWith(
    REF,
    { step: 'trust' },
    RUN,
  );
  expect(auditor.createEvent).toHaveBeenCalledWith(
    expect.objectContaining({
      eventId: 'database-rotate-ca',
      meta: { database: 'eu-1/orders', step: 'trust' },
    }),
  );
});

it.each([{}, { step: 'all' }, { step: 'trust', force: true }])(
  'refuses %j as a step of the rotation',
  async body => {
    const { server, services } = await startRouter();
    await request(server).post(`${PATH}/rotate-ca`).send(body).expect(400);
    expect(services.provisioner.rotateCa).not.toHaveBeenCalled();
  },
);

it('refuses to rotate the CA for whoever may not operate the database', async () => {
  const { server, services } = await startRouter({
    denied: [databaseOperatePermission],
  });
  await request(server)
    .post(`${PATH}/rotate-ca`)
    .send({ step: 'trust' })
    .expect(403);
  expect(services.provisioner.rotateCa).not.toHaveBeenCalled();
});

describe.each(['renew', 'repair'] as const)('POST .../%s', operation => {
  const post = (server: Parameters<typeof request>[0]) =>
    request(server).post(`${PATH}/${operation}`).send(RENEWAL);

  it.each([
    ['without its permission', { denied: [databaseOperatePermission] }],
    ['to a stranger', { databases: [storedDatabase({ owner: OTHERS })] }],
  ])('is refused %s, which is on record', async (_what, options) => {
    const { server, services, audit } = await startRouter(options);
    await post(server).expect(403);
    expect(services.provisioner[operation]).not.toHaveBeenCalled();
    expect(audit.fail).toHaveBeenCalledTimes(1);
  });

  it('is open to those who count as owners of every database', async () => {
    const { server } = await startRouter({
      databases: [storedDatabase({ owner: OTHERS })],
      admins: [MOCK_USER],
    });
    expect((await post(server)).status).toBe(200);
  });

  it('is refused to other plugins', async () => {
    const { server, services } = await startRouter();
    await post(server)
      .set('authorization', mockCredentials.service.header())
      .expect(403);
    expect(services.provisioner[operation]).not.toHaveBeenCalled();
  });

  it('is refused where there is no such database', async () => {
    const { server } = await startRouter({ databases: [] });
    expect((await post(server)).status).toBe(404);
  });
});

it.each([
  ['no certificate', {}],
  ['what cannot be the name of one', { certificate: '../orders' }],
  ['a field that nobody knows', { ...RENEWAL, force: true }],
])('refuses to renew %s', async (_what, body) => {
  const { server, services } = await startRouter();
  await request(server).post(`${PATH}/renew`).send(body).expect(400);
  expect(services.provisioner.renew).not.toHaveBeenCalled();
});
