import { mockCredentials } from '@backstage/backend-test-utils';
import {
  databaseCreatePermission,
  databaseDeletePermission,
  type ProvisioningEvent,
} from '@ringfence/backstage-plugin-ringfence-common';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import request from 'supertest';
import {
  AT,
  DONE,
  MOCK_USER,
  specOf,
  startRouter,
  storedDatabase,
} from './__testUtils__/startRouter';
import type { ChangeOptions } from './services';

const OTHERS = 'group:default/payments';
const POST = '/api/ringfence/databases';
const RUN = '/api/ringfence/databases/eu-1/orders/provisioning';
const DECOMMISSION = '/api/ringfence/databases/eu-1/orders/decommission';
const STAGE: ProvisioningEvent = {
  type: 'stage',
  at: AT,
  stage: 'namespace',
  index: 1,
  count: 9,
};

type Router = Awaited<ReturnType<typeof startRouter>>;

/** Makes provisioning go on until its signal aborts, and tells why that was. */
function provisionUntilStopped({ services }: Router): Promise<Error> {
  return new Promise(resolve => {
    services.provisioner.provision.mockImplementation(async function* run(
      _spec: unknown,
      { signal }: ChangeOptions,
    ) {
      yield STAGE;
      if (!signal.aborted) await once(signal, 'abort');
      resolve(signal.reason);
      const { name, message } = signal.reason;
      yield { type: 'failed', at: AT, name, message, resumable: true };
    } as never);
  });
}

/** Posts a spec and gives the response as soon as its first line is there. */
async function openStream({ server }: Router) {
  const { port } = server.address() as AddressInfo;
  const outgoing = http.request({
    port,
    path: POST,
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: mockCredentials.user.header(),
    },
  });
  outgoing.on('error', () => {});
  outgoing.end(JSON.stringify(specOf()));
  const [incoming] = (await once(outgoing, 'response')) as [
    http.IncomingMessage,
  ];
  const [first] = await once(incoming, 'data');
  return { outgoing, incoming, first: String(first) };
}

const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));

describe('provisioning', () => {
  it('streams one event a line, as the user, and tells the catalog when it ends', async () => {
    const { server, services, auditor, audit } = await startRouter({
      databases: [],
    });
    services.provisioner.provision.mockImplementation(async function* run() {
      yield STAGE;
      yield DONE;
    });
    const response = await request(server).post(POST).send(specOf());
    expect(response.status).toBe(200);
    expect(response.headers['content-type']).toContain('application/x-ndjson');
    expect(response.headers['cache-control']).toBe('no-store');
    expect(lines(response.text)).toEqual([STAGE, DONE]);
    expect(services.provisioner.provision).toHaveBeenCalledWith(specOf(), {
      actor: MOCK_USER,
      signal: expect.any(AbortSignal),
    });
    expect(services.announce).toHaveBeenCalledWith(
      expect.objectContaining({ kubernetesCluster: 'eu-1' }),
    );
    expect(auditor.createEvent).toHaveBeenCalledWith(
      expect.objectContaining({
        eventId: 'database-provision',
        meta: { database: 'eu-1/orders' },
      }),
    );
    expect(audit.success).toHaveBeenCalledTimes(1);
    expect(audit.fail).not.toHaveBeenCalled();
  });

  it('writes heartbeats while nothing else happens', async () => {
    const router = await startRouter({ databases: [], heartbeatMs: 5 });
    const stopped = provisionUntilStopped(router);
    const { incoming } = await openStream(router);
    let text = '';
    for await (const chunk of incoming) {
      text += chunk;
      if (text.includes('heartbeat')) break;
    }
    expect(lines(text)[0]).toEqual({
      type: 'heartbeat',
      at: expect.any(String),
    });
    await stopped;
  });

  it('drops the run, and does not cancel it, where the client goes away', async () => {
    const router = await startRouter({ databases: [] });
    const stopped = provisionUntilStopped(router);
    const { outgoing, first } = await openStream(router);
    expect(lines(first)).toEqual([STAGE]);
    outgoing.destroy();
    expect((await stopped).name).toBe('DroppedError');
  });

  it('cancels the run where its owner asks, and lets the stream end with that', async () => {
    const router = await startRouter({ databases: [] });
    const stopped = provisionUntilStopped(router);
    const { incoming } = await openStream(router);
    await request(router.server).delete(RUN).expect(202);
    expect((await stopped).name).toBe('CancelledError');
    const rest = await incoming.toArray();
    expect(lines(rest.join(''))).toEqual([
      expect.objectContaining({ type: 'failed', name: 'CancelledError' }),
    ]);
    expect(router.audit.fail).toHaveBeenCalledWith({
      error: expect.objectContaining({ name: 'CancelledError' }),
    });
  });

  it('ends the connection without a last event where the portal stops, so that it is posted again', async () => {
    const router = await startRouter({ databases: [] });
    const stopped = provisionUntilStopped(router);
    const { incoming } = await openStream(router);
    await router.running.stop();
    expect((await stopped).message).toContain('the portal stops');
    await expect(incoming.toArray()).rejects.toThrow('aborted');
  });

  it('ends with a failed event, and fails the audit, where the run does', async () => {
    const router = await startRouter({ databases: [] });
    router.services.provisioner.provision.mockImplementation(
      // eslint-disable-next-line require-yield
      async function* run() {
        throw new Error('lost the way');
      },
    );
    const { text } = await request(router.server).post(POST).send(specOf());
    expect(lines(text)).toEqual([
      expect.objectContaining({ type: 'failed', message: 'lost the way' }),
    ]);
    expect(router.audit.fail).toHaveBeenCalledWith({
      error: expect.objectContaining({ message: 'lost the way' }),
    });
  });

  it.each([
    ['a field out of range', specOf({ replicas: 0 }), 'spec.replicas'],
    ['an unknown field', specOf({ replica: 3 }), 'spec.'],
    ['no blueprint', { ...specOf(), blueprint: undefined }, 'blueprint'],
    ['a list', [specOf()], 'body'],
  ])('refuses %s before anything begins', async (_what, body, field) => {
    const { server, services, audit } = await startRouter({ databases: [] });
    const response = await request(server).post(POST).send(body);
    expect(response.status).toBe(400);
    expect(response.body.error.message).toContain(field);
    expect(services.provisioner.provision).not.toHaveBeenCalled();
    expect(audit.success).not.toHaveBeenCalled();
  });

  it('refuses a body that is too long to be a spec', async () => {
    const { server } = await startRouter();
    const body = specOf({ name: 'x'.repeat(200_000) });
    const response = await request(server).post(POST).send(body);
    expect(response.status).toBe(400);
    expect(response.body.error.message).toBe('request entity too large');
  });
});

describe.each([
  ['POST /databases', POST],
  ['POST /plan', '/api/ringfence/plan'],
])('%s', (_name, path) => {
  it.each([
    [
      'without the permission',
      { denied: [databaseCreatePermission] },
      specOf(),
      '"ringfence.database.create" is denied',
    ],
    [
      'for an owner that the user is not one of',
      { databases: [] },
      specOf({ owner: OTHERS }),
      `spec.owner: "${MOCK_USER}" is not one of "${OTHERS}"`,
    ],
    [
      "over somebody else's database",
      { databases: [storedDatabase({ owner: OTHERS })] },
      specOf(),
      `database "eu-1/orders", which belongs to "${OTHERS}"`,
    ],
  ])('is refused %s', async (_what, options, body, message) => {
    const { server, services } = await startRouter(options);
    const response = await request(server).post(path).send(body);
    expect(response.status).toBe(403);
    expect(response.body.error.message).toContain(message);
    expect(services.provisioner.provision).not.toHaveBeenCalled();
    expect(services.provisioner.plan).not.toHaveBeenCalled();
  });

  it('is open to admins, whoever the owner is', async () => {
    const { server } = await startRouter({
      admins: ['User:default/Mock'],
      databases: [storedDatabase({ owner: OTHERS })],
    });
    const { status } = await request(server)
      .post(path)
      .send(specOf({ owner: OTHERS }));
    expect(status).toBe(200);
  });

  it('is closed to plugins on their own account', async () => {
    const { server } = await startRouter();
    const { status } = await request(server)
      .post(path)
      .set('authorization', mockCredentials.service.header())
      .send(specOf());
    expect(status).toBe(403);
  });
});

describe('cancelling', () => {
  it('says what to do where nothing runs here', async () => {
    const { server } = await startRouter();
    const { body } = await request(server).delete(RUN).expect(404);
    expect(body.error.message).toContain('in this replica of the portal');
  });

  it("is refused for somebody else's run", async () => {
    const { server, running } = await startRouter();
    const ref = { kubernetesCluster: 'eu-1', namespace: 'orders' };
    let finish = () => {};
    const run = running.run(ref, OTHERS, async change => {
      await new Promise<void>(resolve => {
        finish = resolve;
      });
      return change.signal.aborted;
    });
    await request(server).delete(RUN).expect(403);
    finish();
    expect(await run).toBe(false);
  });
});

describe('decommissioning', () => {
  const REQUEST = { confirm: 'orders', deleteVolumes: false };

  it('streams, as the user, once the name was typed again', async () => {
    const { server, services, auditor } = await startRouter();
    const { text } = await request(server).post(DECOMMISSION).send(REQUEST);
    expect(lines(text)).toEqual([DONE]);
    expect(services.provisioner.decommission).toHaveBeenCalledWith(
      { kubernetesCluster: 'eu-1', namespace: 'orders' },
      REQUEST,
      { actor: MOCK_USER, signal: expect.any(AbortSignal) },
    );
    expect(auditor.createEvent).toHaveBeenCalledWith(
      expect.objectContaining({
        eventId: 'database-decommission',
        meta: { database: 'eu-1/orders', deleteVolumes: false },
      }),
    );
  });

  it.each([
    ['another name', {}, { ...REQUEST, confirm: 'order' }, 400, '"orders"'],
    ['no name', {}, { deleteVolumes: false }, 400, "'confirm'"],
    [
      "somebody else's database",
      { databases: [storedDatabase({ owner: OTHERS })] },
      REQUEST,
      403,
      OTHERS,
    ],
    [
      'a user without the permission',
      { denied: [databaseDeletePermission] },
      REQUEST,
      403,
      'ringfence.database.delete',
    ],
    ['a database that is not there', { databases: [] }, REQUEST, 404, 'orders'],
  ])('is refused for %s', async (_what, options, body, status, message) => {
    const { server, services } = await startRouter(options);
    const response = await request(server).post(DECOMMISSION).send(body);
    expect(response.status).toBe(status);
    expect(response.body.error.message).toContain(message);
    expect(services.provisioner.decommission).not.toHaveBeenCalled();
  });
});
