import {
  credentialsIssuePermission,
  databaseReadPermission,
} from '@ringfence/backstage-plugin-ringfence-common';
import request from 'supertest';
import {
  CLIENT_CERTIFICATE,
  MOCK_USER,
  PASSWORD,
  startRouter,
  storedDatabase,
} from './__testUtils__/startRouter';

const PATH = '/api/ringfence/databases/eu-1/orders/client-certificates';
const REF = { kubernetesCluster: 'eu-1', namespace: 'orders' };
const OTHERS = 'group:default/payments';
const RUN = { actor: MOCK_USER, signal: expect.any(AbortSignal) };
const REQUEST = { team: 'checkout' };

type Server = Parameters<typeof request>[0];

it('lists what was issued', async () => {
  const { server } = await startRouter();
  const { body } = await request(server).get(PATH).expect(200);
  expect(body).toEqual({ items: [CLIENT_CERTIFICATE] });
});

it('issues as the user, sends the key once and audits without it', async () => {
  const { server, services, auditor, audit } = await startRouter();
  const response = await request(server).post(PATH).send(REQUEST).expect(200);
  expect(response.body).toEqual({
    certificate: CLIENT_CERTIFICATE,
    certificatePem: '-----BEGIN CERTIFICATE-----\n',
    keyPem: PASSWORD,
    keystore: Buffer.from('PKCS #12').toString('base64'),
  });
  expect(response.headers['cache-control']).toBe('no-store');
  expect(services.clientCertificates.issue).toHaveBeenCalledWith(
    REF,
    REQUEST,
    RUN,
  );
  expect(auditor.createEvent).toHaveBeenCalledWith(
    expect.objectContaining({
      eventId: 'client-certificate-issue',
      severityLevel: 'high',
      meta: { database: 'eu-1/orders', team: 'checkout' },
    }),
  );
  expect(audit.success).toHaveBeenCalledTimes(1);
});

it('revokes', async () => {
  const { server, services, audit } = await startRouter();
  await request(server).delete(`${PATH}/checkout`).expect(204);
  expect(services.clientCertificates.revoke).toHaveBeenCalledWith(
    REF,
    'checkout',
    RUN,
  );
  expect(audit.success).toHaveBeenCalledTimes(1);
});

it.each(['', 'Checkout', 'a b', '../orders', 'x'.repeat(41)])(
  'takes no team "%s"',
  async team => {
    const { server, services } = await startRouter();
    await request(server).post(PATH).send({ team }).expect(400);
    expect(services.clientCertificates.issue).not.toHaveBeenCalled();
  },
);

describe.each<[string, (server: Server) => request.Test]>([
  ['issue', server => request(server).post(PATH).send(REQUEST)],
  ['revoke', server => request(server).delete(`${PATH}/checkout`)],
])('%s', (what, ask) => {
  it.each([
    ['without its permission', { denied: [credentialsIssuePermission] }],
    ['to a stranger', { databases: [storedDatabase({ owner: OTHERS })] }],
  ])('is refused %s, which is on record', async (_what, options) => {
    const { server, services, audit } = await startRouter(options);
    await ask(server).expect(403);
    expect(
      services.clientCertificates[what as 'issue' | 'revoke'],
    ).not.toHaveBeenCalled();
    expect(audit.fail).toHaveBeenCalledTimes(1);
  });
});

it.each([
  ['without permission', { denied: [databaseReadPermission] }],
  ['to a stranger', { databases: [storedDatabase({ owner: OTHERS })] }],
])('lists nothing %s', async (_what, options) => {
  const { server, services } = await startRouter(options);
  await request(server).get(PATH).expect(403);
  expect(services.clientCertificates.list).not.toHaveBeenCalled();
});
