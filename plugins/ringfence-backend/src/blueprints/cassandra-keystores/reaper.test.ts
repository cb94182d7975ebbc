import { createServer } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import {
  Secret,
  type CqlSession,
  type DatabaseTools,
} from '@ringfence/backstage-plugin-ringfence-node';
import { exampleSpec } from './__fixtures__/spec';
import { manifestOf, stageOf } from './__fixtures__/stages';
import { makeReaperKeyspace, registerAtReaper } from './reaperActions';

const REAPER = { reaper: { enabled: true } };
const SIGNAL = new AbortController().signal;

describe('Reaper', () => {
  it('opens its stores by options in a file, and no password is on its command line', () => {
    const { spec } = manifestOf('Deployment', REAPER).spec.template;
    const [container] = spec.containers;
    expect(container.env).toContainEqual({
      name: 'JAVA_OPTS',
      value:
        '@/mnt/reaper-options/java.options -Ddatastax-java-driver.advanced.ssl-engine-factory.class=com.datastax.oss.driver.internal.core.ssl.DefaultSslEngineFactory',
    });
    const { secrets = [] } = stageOf('reaper-keyspace', REAPER);
    expect(secrets[1]).toMatchObject({
      name: 'orders-keystore-password',
      data: {
        'java.options': {
          from: 'template',
          text: expect.stringContaining(
            '-Djavax.net.ssl.keyStorePassword={{password}}\n',
          ),
        },
      },
    });
    expect(spec.volumes).toContainEqual({
      name: 'stores',
      secret: {
        secretName: 'orders-reaper-tls',
        items: [
          { key: 'keystore.p12', path: 'keystore.p12' },
          { key: 'truststore.p12', path: 'truststore.p12' },
        ],
      },
    });
  });

  it('can write where its entry point writes, and no store is among it', () => {
    const { spec } = manifestOf('Deployment', REAPER).spec.template;
    for (const { volumeMounts } of [
      ...spec.initContainers,
      ...spec.containers,
    ]) {
      const written = volumeMounts.filter(
        ({ readOnly }: { readOnly?: boolean }) => !readOnly,
      );
      expect(written).toEqual([
        { name: 'config', mountPath: '/etc/cassandra-reaper/config' },
        { name: 'tmp', mountPath: '/var/tmp/cassandra-reaper' },
      ]);
    }
    expect(spec.volumes).toEqual(
      expect.arrayContaining([
        { name: 'config', emptyDir: {} },
        { name: 'tmp', emptyDir: {} },
      ]),
    );
  });

  it('meets nodes by any name that DNS gives to their addresses', () => {
    const { dnsNames } = manifestOf('Certificate', REAPER, 'orders-tls').spec;
    expect(dnsNames).toEqual(
      expect.arrayContaining([
        '*.orders-orders-service.orders.svc.cluster.local',
        '*.orders-orders-all-pods-service.orders.svc.cluster.local',
        '*.orders-seed-service.orders.svc.cluster.local',
      ]),
    );
  });

  it('has a client certificate of its own', () => {
    expect(
      manifestOf('Certificate', REAPER, 'orders-reaper-tls').spec,
    ).toMatchObject({
      commonName: 'reaper',
      usages: ['client auth', 'digital signature'],
      issuerRef: { name: 'orders-ca' },
    });
  });

  it('repairs as often as it is told, but for what it is told', () => {
    const schedules = { everyDays: 3, excludedKeyspaces: ['logs', 'tmp'] };
    const { spec } = manifestOf('Deployment', {
      reaper: { enabled: true, schedules },
    }).spec.template;
    expect(spec.containers[0].env).toEqual(
      expect.arrayContaining([
        { name: 'REAPER_AUTO_SCHEDULING_ENABLED', value: 'true' },
        { name: 'REAPER_SCHEDULE_DAYS_BETWEEN', value: '3' },
        {
          name: 'REAPER_AUTO_SCHEDULING_EXCLUDED_KEYSPACES',
          value: '[logs, tmp]',
        },
      ]),
    );
  });

  it('waits for a login before its keyspace is made, and not for some time', () => {
    const [wait] = stageOf('reaper-keyspace', REAPER).waits;
    expect(wait).toMatchObject({
      name: 'Login as the superuser is accepted',
      when: 'before-actions',
    });
  });
});

describe('the keyspace of Reaper', () => {
  const secret = async () => ({
    username: new Secret('reaper'),
    password: new Secret('s3cret'),
  });

  async function statements(execute: CqlSession['execute']) {
    const close = jest.fn(async () => {});
    const tools = {
      secret,
      cql: async () => ({ execute, close }),
    } as unknown as DatabaseTools;
    const said = await makeReaperKeyspace(exampleSpec()).run(tools, SIGNAL);
    expect(close).toHaveBeenCalledTimes(1);
    return said;
  }

  it('is on three nodes, and its role may use it and nothing else', async () => {
    const executed: string[] = [];
    const said = await statements(async query => {
      executed.push(query);
      return [];
    });
    expect(executed).toEqual([
      "CREATE KEYSPACE IF NOT EXISTS reaper_db WITH replication = {'class': 'NetworkTopologyStrategy', 'orders': 3}",
      `CREATE ROLE IF NOT EXISTS "reaper" WITH PASSWORD = 's3cret' AND SUPERUSER = false AND LOGIN = true`,
      'GRANT ALL ON KEYSPACE reaper_db TO "reaper"',
    ]);
    expect(said).not.toContain('s3cret');
  });

  it('leaves no password in an error that quotes the statement', async () => {
    const failing = statements(async query => {
      if (query.includes('ROLE')) throw new Error(`line 1: ${query}`);
      return [];
    }).catch((error: Error) => error.message);
    expect(await failing).toContain("PASSWORD = '[redacted]'");
  });
});

describe('telling Reaper of the ring', () => {
  async function tell(status: number) {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(status).end();
    });
    await new Promise<void>(resolve => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const tools = {
      kubernetes: {
        list: async () => [{ metadata: { name: 'orders-reaper-x' } }],
        portForward: async () => connect(port, '127.0.0.1'),
      },
    } as unknown as DatabaseTools;
    try {
      const said = registerAtReaper(exampleSpec(REAPER)).run(tools, SIGNAL);
      return { said: await said.catch((error: Error) => error.message), asked };
    } finally {
      server.close();
    }
  }

  it('names the ring and where it begins', async () => {
    expect(await tell(201)).toEqual({
      said: 'Reaper knows the ring now',
      asked: ['PUT /cluster/orders?seedHost=orders-orders-service'],
    });
  });

  it('may be done again', async () => {
    expect(await tell(200)).toMatchObject({ said: 'Reaper knows the ring' });
  });

  it('says what Reaper answered, and where to look', async () => {
    expect((await tell(500)).said).toBe(
      'Reaper "orders/orders-reaper" answered 500 when it was told of the ring. Look at: kubectl logs -n orders deployment/orders-reaper',
    );
  });
});
