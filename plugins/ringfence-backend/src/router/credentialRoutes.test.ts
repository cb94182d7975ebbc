import {
  credentialsIssuePermission,
  databaseReadPermission,
} from '@ringfence/backstage-plugin-ringfence-common';
import request from 'supertest';
import {
  CREDENTIAL,
  MOCK_USER,
  PASSWORD,
  startRouter,
  storedDatabase,
} from './__testUtils__/startRouter';

const PATH = '/api/ringfence/databases/eu-1/orders/credentials';
const REF = { kubernetesCluster: 'eu-1', namespace: 'orders' };
const OTHERS = 'group:default/payments';
const RUN = { actor: MOCK_USER, signal: expect.any(AbortSignal) };
const { name, team, keyspaces, access } = CREDENTIAL;
const REQUEST = { name, team, keyspaces, access };

type Server = Parameters<typeof request>[0];

it('lists what was issued', async () => {
  const { server } = await startRouter();
  const { body } = await request(server).get(PATH).expect(200);
  expect(body).toEqual({ items: [CREDENTIAL] });
});

it('issues as the user, tells the password once and audits without it', async () => {
  const { server, services, auditor, audit } = await startRouter();
  const response = await request(server).post(PATH).send(REQUEST).expect(200);
  expect(response.body).toEqual({ credential: CREDENTIAL, password: PASSWORD });
  expect(response.headers['cache-control']).toBe('no-store');
  expect(services.credentials.issue).toHaveBeenCalledWith(REF, REQUEST, RUN);
  expect(auditor.createEvent).toHaveBeenCalledWith(
    expect.objectContaining({
      eventId: 'credentials-issue',
      severityLevel: 'high',
      meta: {
        database: 'eu-1/orders',
        credential: name,
        ...{ team, keyspaces, access },
      },
    }),
  );
  expect(audit.success).toHaveBeenCalledTimes(1);
  const [[{ meta }]] = auditor.createEvent.mock.calls;
  expect(JSON.stringify(meta)).not.toContain(PASSWORD);
});

it.each([{}, { graceHours: 0 }])('rotates with %j', async body => {
  const { server, services, audit } = await startRouter();
  await request(server).post(`${PATH}/reports/rotate`).send(body).expect(200);
  expect(services.credentials.rotate).toHaveBeenCalledWith(REF, 'reports', {
    ...RUN,
    ...body,
  });
  expect(audit.success).toHaveBeenCalledTimes(1);
});

it('revokes', async () => {
  const { server, services, audit } = await startRouter();
  await request(server).delete(`${PATH}/reports`).expect(204);
  expect(services.credentials.revoke).toHaveBeenCalledWith(REF, 'reports', RUN);
  expect(audit.success).toHaveBeenCalledTimes(1);
});

describe.each<[string, (server: Server) => request.Test]>([
  ['issue', server => request(server).post(PATH).send(REQUEST)],
  ['rotate', server => request(server).post(`${PATH}/reports/rotate`).send({})],
  ['revoke', server => request(server).delete(`${PATH}/reports`)],
])('%s', (what, ask) => {
  it.each([
    ['without its permission', { denied: [credentialsIssuePermission] }],
    ['to a stranger', { databases: [storedDatabase({ owner: OTHERS })] }],
  ])('is refused %s, which is on record', async (_what, options) => {
    const { server, services, audit } = await startRouter(options);
    await ask(server).expect(403);
    expect(
      services.credentials[what as 'issue' | 'rotate' | 'revoke'],
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
  expect(services.credentials.list).not.toHaveBeenCalled();
});
