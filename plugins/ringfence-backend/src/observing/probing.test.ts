import { NOW, SERVER_NAME } from '../checks/__testUtils__/facts';
import {
  objectsOf,
  observe,
  startLoopbackGateway,
  type LoopbackGateway,
} from './__testUtils__/observe';

let gateway: LoopbackGateway;

beforeAll(async () => {
  gateway = await startLoopbackGateway();
});
afterAll(() => gateway.close());

it('dials the gateway by its own address, and verifies the access name against the CA that clients have', async () => {
  const { observer, database, tools } = observe(gateway);
  await observer.facts(database, { refresh: true });
  expect(tools.handshake).toHaveBeenCalledWith(
    expect.objectContaining({
      host: '127.0.0.1',
      port: gateway.port,
      serverName: SERVER_NAME,
      caPem: gateway.pki.ca.certPem,
    }),
  );
});

it('logs in as clients do, without a login, with the public one and as the superuser', async () => {
  const { observer, database, logins } = observe(gateway);
  await observer.facts(database, { refresh: true });
  expect(logins.map(([login]) => login)).toEqual([
    { secret: 'orders-app' },
    'anonymous',
    { username: 'cassandra', password: 'cassandra' },
    { secret: 'orders-superuser' },
  ]);
  expect(logins[0][1]).toEqual({
    host: '127.0.0.1',
    port: gateway.port,
    serverName: SERVER_NAME,
    caSecret: 'orders-tls',
  });
});

it('tries each port without a certificate where one is required', async () => {
  const { observer, database, logins } = observe(
    gateway,
    {},
    {
      tlsPorts: [gateway.port, 9042],
      clientCertificates: {
        mode: 'required',
        issuer: { kind: 'Issuer', name: 'orders-clients' },
        caSecret: 'orders-tls-cacert',
        portalSecret: 'orders-portal-tls',
      },
    },
  );
  const facts = await observer.facts(database, { refresh: true });
  const bare = logins.filter(
    ([, via]) => 'host' in via && via.clientSecret === undefined,
  );
  expect(bare.map(([login, { port }]) => [login, port])).toEqual([
    ['anonymous', gateway.port],
    ['anonymous', 9042],
  ]);
  expect(facts.logins.withoutCertificate).toMatchObject({
    known: true,
    value: { outcome: 'unreachable' },
  });
});

it('logs in to a pod where there is no way in from outside', async () => {
  const { observer, database, logins } = observe(
    gateway,
    {},
    { exposure: 'none' },
  );
  const facts = await observer.facts(database, { refresh: true });
  expect(logins[0][1]).toEqual({ pod: 'orders-0', port: 9042 });
  expect(facts.served).toMatchObject({
    known: false,
    why: 'the database is not exposed (access.exposure: none)',
  });
});

it('does not take the answers of a database that is gone for those of its successor', async () => {
  const all = objectsOf(gateway).map(object => structuredClone(object));
  const { observer, database, askRing } = observe(gateway, { objects: all });
  const { metadata } = all.find(({ kind }) => kind === 'Namespace')!;
  metadata.uid = 'one';
  await observer.facts(database, { refresh: true });
  expect(await observer.facts(database)).toMatchObject({
    ring: { known: true },
  });
  metadata.uid = 'two';
  expect(await observer.facts(database)).toMatchObject({
    ring: { known: false, why: 'Not looked at yet' },
  });
  expect(askRing).toHaveBeenCalledTimes(1);
});

it('gives up on a probe that does not answer', async () => {
  const { observer, database, askRing } = observe(gateway);
  askRing.mockReturnValue(new Promise(() => {}));
  const { ring } = await observer.facts(database, { refresh: true });
  expect(ring).toMatchObject({ known: false, why: 'no answer within 0.5 s' });
});

it('asks the next pod where one does not answer', async () => {
  const { observer, database, askRing } = observe(gateway);
  askRing.mockResolvedValueOnce({
    exitCode: 1,
    stdout: '',
    stderr: 'nodetool: Failed to connect',
  });
  const { ring } = await observer.facts(database, { refresh: true });
  expect(ring.known && ring.value).toHaveLength(3);
});

it('says what the ring command printed where no pod answers', async () => {
  const { observer, database, askRing } = observe(gateway);
  askRing.mockResolvedValue({
    exitCode: 1,
    stdout: '',
    stderr: 'nodetool: Failed to connect',
  });
  const { ring } = await observer.facts(database, { refresh: true });
  expect(ring).toMatchObject({
    known: false,
    why: '"nodetool status" in pod "orders-2" ended with 1 and printed: nodetool: Failed to connect',
  });
});

it('keeps the answers of probes, with their age, and reads objects each time', async () => {
  const { observer, database, askRing, pass } = observe(gateway);
  await observer.facts(database, { refresh: true });
  pass(15_000);
  const facts = await observer.facts(database);
  expect(askRing).toHaveBeenCalledTimes(1);
  expect(facts.ring.at).toEqual(NOW);
  expect(facts.pods.at).toEqual(new Date(NOW.getTime() + 15_000));
});

it('waits for no probe where nobody asks for new answers', async () => {
  const { observer, database, tools } = observe(gateway);
  const facts = await observer.facts(database);
  expect(facts).toMatchObject({
    served: { known: false, why: 'Not looked at yet' },
    ring: { known: false, why: 'Not looked at yet' },
    telemetry: { known: false, why: 'Not looked at yet' },
  });
  expect(facts.pods.known).toBe(true);
  expect(tools.handshake).not.toHaveBeenCalled();
  expect(tools.tryLogin).not.toHaveBeenCalled();
  expect(tools.exec).not.toHaveBeenCalled();
});

it('runs the probes again when asked to', async () => {
  const { observer, database, askRing } = observe(gateway);
  await observer.facts(database, { refresh: true });
  await observer.facts(database, { refresh: true });
  expect(askRing).toHaveBeenCalledTimes(2);
});

it('probes a database once for all who ask at the same time', async () => {
  const { observer, database, askRing } = observe(gateway);
  await Promise.all([
    observer.facts(database, { refresh: true }),
    observer.facts(database, { refresh: true }),
    observer.facts(database, { refresh: true }),
  ]);
  expect(askRing).toHaveBeenCalledTimes(1);
});
