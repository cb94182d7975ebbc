import { mockCredentials } from '@backstage/backend-test-utils';
import { NotFoundError } from '@backstage/errors';
import {
  databaseOperatePermission,
  databaseReadPermission,
} from '@ringfence/backstage-plugin-ringfence-common';
import request from 'supertest';
import {
  DIAGNOSIS,
  startRouter,
  STEPS,
  storedDatabase,
} from './__testUtils__/startRouter';

const OTHERS = 'group:default/payments';
const PATH = '/api/ringfence/databases/eu-1/orders';
const TEST = `${PATH}/connection-test`;
const DIAGNOSE = `${PATH}/diagnosis`;
const WEB = { kind: 'workload', namespace: 'checkout', serviceAccount: 'web' };

const ROUTES = [
  [TEST, databaseOperatePermission, undefined],
  [DIAGNOSE, databaseReadPermission, { from: WEB }],
] as const;

describe.each(ROUTES)('%s', (path, permission, body) => {
  async function refused(
    options: Parameters<typeof startRouter>[0],
    status: number,
    header = mockCredentials.user.header(),
  ) {
    const { server, services } = await startRouter(options);
    const response = await request(server)
      .post(path)
      .set('authorization', header)
      .send(body);
    expect(response.status).toBe(status);
    expect(services.testConnection).not.toHaveBeenCalled();
    expect(services.diagnose).not.toHaveBeenCalled();
    return response.body.error.message as string;
  }

  it('is refused without its permission', async () => {
    const message = await refused({ denied: [permission] }, 403);
    expect(message).toContain(`"${permission.name}" is denied`);
  });

  it('is refused to who does not own the database', async () => {
    const databases = [storedDatabase({ owner: OTHERS })];
    const message = await refused({ databases }, 403);
    expect(message).toContain(`which belongs to "${OTHERS}"`);
  });

  it('is closed to plugins on their own account', async () => {
    await refused({}, 403, mockCredentials.service.header());
  });

  it('answers 404 for a namespace that is not managed', async () => {
    await refused({ databases: [] }, 404);
  });
});

describe('a connection test', () => {
  it('streams one step a line, and is audited', async () => {
    const { server, auditor, audit } = await startRouter();
    const response = await request(server).post(TEST).expect(200);

    expect(response.headers['content-type']).toContain('application/x-ndjson');
    const lines = response.text.trim().split('\n');
    expect(lines.map(line => JSON.parse(line))).toEqual(STEPS);
    expect(auditor.createEvent).toHaveBeenCalledWith(
      expect.objectContaining({
        eventId: 'connection-test',
        severityLevel: 'medium',
        meta: { database: 'eu-1/orders' },
      }),
    );
    expect(audit.success).toHaveBeenCalledTimes(1);
  });

  it('is on record as failed with the step that failed', async () => {
    const { server, services, audit } = await startRouter();
    services.testConnection.mockImplementation(async () =>
      (async function* run() {
        yield {
          step: 'tcp',
          state: 'failing',
          summary: 'was refused',
        } as const;
      })(),
    );
    await request(server).post(TEST).expect(200);
    expect(audit.fail).toHaveBeenCalledWith({
      error: expect.objectContaining({ message: 'Step "tcp": was refused' }),
    });
  });

  it('answers with what keeps it from beginning', async () => {
    const { server, services } = await startRouter();
    services.testConnection.mockRejectedValue(
      new NotFoundError('the Gateway has no address yet'),
    );
    const { body } = await request(server).post(TEST).expect(404);
    expect(body.error.message).toBe('the Gateway has no address yet');
  });

  it('ends the answer without its last step where it breaks', async () => {
    const { server, services, audit } = await startRouter();
    services.testConnection.mockImplementation(async () =>
      // eslint-disable-next-line require-yield
      (async function* run() {
        throw new Error('broke');
      })(),
    );
    await expect(request(server).post(TEST)).rejects.toThrow(/hang up|aborted/);
    expect(audit.fail).toHaveBeenCalledTimes(1);
  });
});

describe('a diagnosis', () => {
  it.each([[WEB], [{ kind: 'laptop' }]])('answers for %j', async from => {
    const { server, services } = await startRouter();
    const { body } = await request(server)
      .post(DIAGNOSE)
      .send({ from })
      .expect(200);
    expect(body).toEqual(DIAGNOSIS);
    expect(services.diagnose).toHaveBeenCalledWith(
      expect.anything(),
      from,
      expect.anything(),
    );
  });

  const ME = 'user:default/mock';
  const SHOP = 'group:default/shop';
  it.each<[string, object, string[][], string[], boolean]>([
    ["the database's own namespace", { namespace: 'orders' }, [], [], true],
    ['a laptop', { kind: 'laptop' }, [], [], true],
    ["a namespace that is nobody's", {}, [], [], false],
    ['one of others', {}, [[SHOP]], [], false],
    ['one that is shared with others', {}, [[ME], [SHOP]], [], false],
    ["one with something that is nobody's", {}, [[ME], []], [], false],
    ['their own', {}, [[SHOP, ME], [ME]], [], true],
    ['any, as an admin', {}, [[SHOP]], [ME], true],
    ['any, as an admin, of whom nothing is known', {}, [], [ME], true],
  ])(
    'looks for its owners at %s',
    async (_what, place, owners, admins, looksAtClient) => {
      const { server, services } = await startRouter({ admins });
      services.namespaceOwners.mockResolvedValue(owners);
      const kind = (place as { kind?: string }).kind;
      const from = kind === 'laptop' ? place : { ...WEB, ...place };
      await request(server).post(DIAGNOSE).send({ from }).expect(200);
      expect(services.diagnose).toHaveBeenCalledWith(expect.anything(), from, {
        looksAtClient,
      });
    },
  );

  it.each([
    ['nothing', {}],
    ['another place', { from: { kind: 'moon' } }],
    [
      'no ServiceAccount',
      { from: { kind: 'workload', namespace: 'checkout' } },
    ],
    ['a name that cannot be one', { from: { ...WEB, namespace: '../etc' } }],
    ['a field too many', { from: { ...WEB, cluster: 'eu-2' } }],
  ])('refuses %s', async (_what, body) => {
    const { server, services } = await startRouter();
    await request(server).post(DIAGNOSE).send(body).expect(400);
    expect(services.diagnose).not.toHaveBeenCalled();
  });
});
