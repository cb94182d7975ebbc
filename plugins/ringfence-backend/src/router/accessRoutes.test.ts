import { mockCredentials } from '@backstage/backend-test-utils';
import {
  bundleDownloadPermission,
  credentialsIssuePermission,
  credentialsReadPermission,
  databaseReadPermission,
} from '@ringfence/backstage-plugin-ringfence-common';
import request from 'supertest';
import {
  ACCESS,
  MOCK_USER,
  PASSWORD,
  startRouter,
  storedDatabase,
} from './__testUtils__/startRouter';

const OTHERS = 'group:default/payments';
const PATH = '/api/ringfence/databases/eu-1/orders';
const ROUTES = [
  ['get', 'access', databaseReadPermission],
  ['get', 'ca', databaseReadPermission],
  ['get', 'bundle', bundleDownloadPermission],
  ['post', 'credentials/reveal', credentialsReadPermission],
] as const;

it('says how clients get in', async () => {
  const { server } = await startRouter();
  const { body } = await request(server).get(`${PATH}/access`).expect(200);
  expect(body).toEqual(ACCESS);
});

it('hands out the CA as a file', async () => {
  const { server } = await startRouter();
  const response = await request(server)
    .get(`${PATH}/ca`)
    .buffer(true)
    .parse((res, done) => {
      let text = '';
      res
        .on('data', chunk => (text += chunk))
        .on('end', () => done(null, text));
    })
    .expect(200);
  expect(response.headers['content-type']).toContain('application/x-pem-file');
  expect(response.headers['content-disposition']).toBe(
    'attachment; filename="orders-ca.crt"',
  );
  expect(response.body).toBe(ACCESS.ca.pem);
});

it('hands out the bundle as a file, and keeps who took it with which CA', async () => {
  const { server, services, audit } = await startRouter();
  const response = await request(server)
    .get(`${PATH}/bundle`)
    .responseType('blob')
    .expect(200);
  expect(response.headers['content-type']).toBe('application/zip');
  expect(response.headers['access-control-expose-headers']).toBe(
    'content-disposition',
  );
  expect(response.headers['content-disposition']).toBe(
    'attachment; filename="orders.zip"',
  );
  expect(String(response.body)).toBe('PK zip');
  expect(services.history.recordBundle).toHaveBeenCalledWith(
    { kubernetesCluster: 'eu-1', namespace: 'orders' },
    {
      userRef: MOCK_USER,
      caSha256: ACCESS.connection.tls.caSha256,
      downloadedAt: expect.any(Date),
      expiresAt: new Date(ACCESS.ca.certificates[0].notAfter),
    },
  );
  expect(audit.success).toHaveBeenCalledTimes(1);
});

it("puts a team's client certificate into the bundle where it is asked for, and says so in the audit", async () => {
  const { server, services, auditor } = await startRouter();
  await request(server)
    .get(`${PATH}/bundle?clientCertificate=checkout`)
    .expect(200)
    .expect('cache-control', 'no-store');
  expect(services.clientCertificates.read).toHaveBeenCalledWith(
    { kubernetesCluster: 'eu-1', namespace: 'orders' },
    'orders',
    'checkout',
  );
  expect(services.access.bundle).toHaveBeenCalledWith(
    ACCESS,
    expect.objectContaining({
      team: 'checkout',
      renewUrl:
        'https://portal.example.com/api/ringfence/databases/eu-1/orders/client-certificates',
    }),
    {},
  );
  const [[{ meta, severityLevel }]] = auditor.createEvent.mock.calls;
  expect(meta).toEqual({
    database: 'eu-1/orders',
    clientCertificate: 'checkout',
  });
  expect(severityLevel).toBe('high');
});

it('puts stores in JKS into the bundle where they are asked for, and knows no other form', async () => {
  const { server, services } = await startRouter();
  await request(server).get(`${PATH}/bundle?format=jks`).expect(200);
  expect(services.access.bundle).toHaveBeenCalledWith(ACCESS, undefined, {
    format: 'jks',
  });
  await request(server).get(`${PATH}/bundle?format=bks`).expect(400);
});

it('gives no client certificate to who may not issue any', async () => {
  const { server, services } = await startRouter({
    denied: [credentialsIssuePermission],
  });
  await request(server)
    .get(`${PATH}/bundle?clientCertificate=checkout`)
    .expect(403);
  expect(services.clientCertificates.read).not.toHaveBeenCalled();
  await request(server).get(`${PATH}/bundle`).expect(200);
});

it('reveals the password to an owner, is never cached, and audits without it', async () => {
  const { server, auditor, audit } = await startRouter();
  const response = await request(server)
    .post(`${PATH}/credentials/reveal`)
    .expect(200);
  expect(response.body).toEqual({ username: 'orders_app', password: PASSWORD });
  expect(response.headers['cache-control']).toBe('no-store');
  expect(audit.success).toHaveBeenCalledTimes(1);
  const [[{ eventId, severityLevel, meta }]] = auditor.createEvent.mock.calls;
  expect({ eventId, severityLevel, meta }).toEqual({
    eventId: 'credentials-reveal',
    severityLevel: 'high',
    meta: { database: 'eu-1/orders' },
  });
  expect(JSON.stringify(audit.success.mock.calls)).not.toContain(PASSWORD);
});

describe.each(ROUTES)('%s .../%s', (method, path, permission) => {
  it('is refused without its permission', async () => {
    const { server, services } = await startRouter({ denied: [permission] });
    const { body } = await request(server)
      [method](`${PATH}/${path}`)
      .expect(403);
    expect(body.error.message).toContain(`"${permission.name}" is denied`);
    expect(services.access.read).not.toHaveBeenCalled();
    expect(services.access.credentials).not.toHaveBeenCalled();
  });

  it('is refused to who does not own the database, and says who does', async () => {
    const { server, services } = await startRouter({
      databases: [storedDatabase({ owner: OTHERS })],
    });
    const { body } = await request(server)
      [method](`${PATH}/${path}`)
      .expect(403);
    expect(body.error.message).toContain(`which belongs to "${OTHERS}"`);
    expect(body.error.message).toContain('ringfence.admins');
    expect(services.access.read).not.toHaveBeenCalled();
    expect(services.access.credentials).not.toHaveBeenCalled();
  });

  it('is open to admins', async () => {
    const { server } = await startRouter({
      databases: [storedDatabase({ owner: OTHERS })],
      admins: [MOCK_USER],
    });
    const { status } = await request(server)[method](`${PATH}/${path}`);
    expect(status).toBe(200);
  });

  it('is closed to plugins on their own account', async () => {
    const { server } = await startRouter();
    const { status } = await request(server)
      [method](`${PATH}/${path}`)
      .set('authorization', mockCredentials.service.header());
    expect(status).toBe(403);
  });

  it('answers 404 for a namespace that is not managed', async () => {
    const { server } = await startRouter({ databases: [] });
    const { status } = await request(server)[method](`${PATH}/${path}`);
    expect(status).toBe(404);
  });
});

it.each([
  ['ca', 'get', 'ca-download'],
  ['bundle', 'get', 'bundle-download'],
  ['credentials/reveal', 'post', 'credentials-reveal'],
] as const)(
  'keeps refused attempts at %s on record',
  async (path, method, eventId) => {
    const { server, auditor, audit } = await startRouter({
      databases: [storedDatabase({ owner: OTHERS })],
    });
    await request(server)[method](`${PATH}/${path}`).expect(403);
    expect(auditor.createEvent).toHaveBeenCalledWith(
      expect.objectContaining({ eventId }),
    );
    expect(audit.fail).toHaveBeenCalledWith({
      error: expect.objectContaining({ name: 'NotAllowedError' }),
    });
  },
);
