import { XMLParser } from 'fast-xml-parser';
import { exampleSpec } from './__fixtures__/spec';
import { memoryOf, settingsXml } from './settings';
import { springXml } from './springXml';

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '',
  isArray: name => name === 'property',
});

interface Node {
  readonly class: string;
  readonly property: readonly (Record<string, any> & { name: string })[];
}

/** Properties of a bean by name: their values, or the beans and lists that they are set to. */
function propertiesOf({ property }: Node): Record<string, any> {
  return Object.fromEntries(
    property.map(({ name, value, bean, list }) => [
      name,
      value ?? bean ?? list,
    ]),
  );
}

function settingsOf(changes: Record<string, unknown> = {}) {
  const { bean } = parser.parse(settingsXml(exampleSpec(changes))).beans;
  return propertiesOf(bean);
}

describe('the configuration of a node', () => {
  it('lets nobody in without a login, and takes clients where the mesh knows of it', () => {
    const settings = settingsOf();
    expect(settings.authenticationEnabled).toBe('true');
    expect(propertiesOf(settings.clientConnectorConfiguration)).toEqual({
      host: "#{systemEnvironment['LISTEN_ADDRESS']}",
      port: '10800',
      portRange: '0',
    });
  });

  it('finds the others by the names that the headless Service gives them', () => {
    const discovery = propertiesOf(settingsOf({ replicas: 5 }).discoverySpi);
    expect(discovery).toMatchObject({
      localPort: '47500',
      localPortRange: '0',
    });
    expect(propertiesOf(discovery.ipFinder).addresses.value).toEqual([
      'orders-0.orders.orders.svc.cluster.local:47500',
      'orders-1.orders.orders.svc.cluster.local:47500',
      'orders-2.orders.orders.svc.cluster.local:47500',
    ]);
  });

  it('is the same for four nodes and for five: no node rolls for another one', () => {
    expect(settingsXml(exampleSpec({ replicas: 4 }))).toBe(
      settingsXml(exampleSpec({ replicas: 5 })),
    );
  });

  it('makes the caches, each with its mode and copies', () => {
    const { cacheConfiguration } = settingsOf({
      caches: [{ name: 'carts' }, { name: 'rates', mode: 'REPLICATED' }],
    });
    expect(cacheConfiguration.bean.map(propertiesOf)).toEqual([
      {
        name: 'carts',
        cacheMode: 'PARTITIONED',
        backups: '1',
        writeSynchronizationMode: 'FULL_SYNC',
        partitionLossPolicy: 'READ_WRITE_SAFE',
      },
      {
        name: 'rates',
        cacheMode: 'REPLICATED',
        writeSynchronizationMode: 'FULL_SYNC',
        partitionLossPolicy: 'READ_WRITE_SAFE',
      },
    ]);
  });

  it.each([
    [true, 'true', { enabled: true }],
    [false, 'false', { enabled: false }],
  ])('keeps data and logins together: %s', (_enabled, text, persistence) => {
    const changes = { persistence, access: { clientCertificates: 'required' } };
    const settings = settingsOf(changes);
    const { defaultDataRegionConfiguration } = propertiesOf(
      settings.dataStorageConfiguration,
    );
    expect(settings.authenticationEnabled).toBe(text);
    expect(propertiesOf(defaultDataRegionConfiguration)).toMatchObject({
      persistenceEnabled: text,
    });
  });

  it('names the licence of GridGain, and of nothing else', () => {
    const { pluginConfigurations } = settingsOf({ product: 'gridgain' });
    expect(pluginConfigurations.bean.class).toBe(
      'org.gridgain.grid.configuration.GridGainConfiguration',
    );
    expect(propertiesOf(pluginConfigurations.bean)).toEqual({
      licenseUrl: '/licence/license.xml',
    });
    expect(settingsOf()).not.toHaveProperty('pluginConfigurations');
  });

  it('leaves room beside heap and data', () => {
    const { heap, data, checkpoints } = memoryOf(exampleSpec());
    expect(heap + data + checkpoints).toBeLessThan(1024);
  });
});

it('writes any text as text: nothing in it is markup', () => {
  const awkward = `a"b'c<d>&e]]>`;
  const xml = springXml({
    class: 'Any',
    properties: { text: awkward, list: { list: [awkward] } },
  });
  const { bean } = parser.parse(xml).beans;
  expect(propertiesOf(bean)).toEqual({
    text: awkward,
    list: { value: awkward },
  });
});
