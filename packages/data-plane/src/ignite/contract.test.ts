import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { igniteContract } from '../__testUtils__/igniteContract';
import { silentLog } from '../log';
import { allocateLoopbackBlock, type LoopbackBlock } from '../loopback';
import { cassandraHere } from '../testUtils';
import { findIgnite } from './findIgnite';
import { IgniteCluster } from './IgniteCluster';
import { StubIgniteCluster } from './stub/StubIgniteCluster';

jest.setTimeout(120_000);

const NAME = 'orders-0';
// In CI it must run; elsewhere it is skipped where there is no Java, as for Cassandra.
const onIgnite =
  process.env.CI || cassandraHere().available ? describe : describe.skip;

let block: LoopbackBlock;
let directory: string;

beforeAll(async () => {
  block = await allocateLoopbackBlock();
  directory = mkdtempSync(join(tmpdir(), 'ringfence-ignite-'));
});

afterAll(async () => {
  await block?.release();
  await rm(directory, { recursive: true, force: true });
});

/** A persistent node with logins, and nothing else. */
const settings = (address: string) => `<?xml version="1.0" encoding="UTF-8"?>
<beans xmlns="http://www.springframework.org/schema/beans" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.springframework.org/schema/beans http://www.springframework.org/schema/beans/spring-beans.xsd">
  <bean class="org.apache.ignite.configuration.IgniteConfiguration">
    <property name="localHost" value="${address}"/>
    <property name="consistentId" value="${NAME}"/>
    <property name="authenticationEnabled" value="true"/>
    <property name="workDirectory" value="#{systemEnvironment['IGNITE_WORK_DIR']}"/>
    <property name="dataStorageConfiguration">
      <bean class="org.apache.ignite.configuration.DataStorageConfiguration">
        <property name="defaultDataRegionConfiguration">
          <bean class="org.apache.ignite.configuration.DataRegionConfiguration">
            <property name="persistenceEnabled" value="true"/>
            <property name="maxSize" value="134217728"/>
          </bean>
        </property>
      </bean>
    </property>
    <property name="discoverySpi">
      <bean class="org.apache.ignite.spi.discovery.tcp.TcpDiscoverySpi">
        <property name="ipFinder">
          <bean class="org.apache.ignite.spi.discovery.tcp.ipfinder.vm.TcpDiscoveryVmIpFinder">
            <property name="addresses"><list><value>${address}:47500</value></list></property>
          </bean>
        </property>
      </bean>
    </property>
  </bean>
</beans>
`;

onIgnite('a real Ignite', () => {
  let cluster: IgniteCluster;

  beforeAll(async () => {
    const installation = await findIgnite({ log: silentLog });
    if (!installation.available) throw new Error(installation.why);
    const address = block.address(1);
    const settingsFile = join(directory, 'ignite.xml');
    await writeFile(settingsFile, settings(address));
    cluster = new IgniteCluster({
      installation,
      nodes: [{ name: NAME, address }],
      directory: join(directory, 'nodes'),
      log: silentLog,
      start: async () => ({
        settingsFile,
        environment: { IGNITE_WORK_DIR: join(directory, 'work') },
        jvmOptions: ['-Xmx256m'],
        optionLibs: ['ignite-rest-http'],
      }),
    });
    await cluster.startNode(NAME);
  });

  afterAll(() => cluster?.stop());

  igniteContract(() => ({ cluster }));
});

describe('a simulated Ignite', () => {
  let cluster: StubIgniteCluster;

  beforeAll(async () => {
    cluster = new StubIgniteCluster({
      version: '2.17.0',
      nodes: [{ name: NAME, address: block.address(2) }],
      settings: async () => ({
        authentication: true,
        persistence: true,
        caches: [],
      }),
    });
    await cluster.startNode(NAME);
  });

  afterAll(() => cluster?.stop());

  igniteContract(() => ({ cluster }));
});
