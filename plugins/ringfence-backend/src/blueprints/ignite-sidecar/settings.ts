import {
  names,
  serviceHosts,
  toMebibytes,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { CacheSpec } from './caches';
import { LICENCE_KEY, PORTS } from './names';
import { hasLogins, needsLicence, type IgniteSidecarSpec } from './spec';
import { springXml, type Bean, type Property } from './springXml';

/** Key of the ConfigMap with the configuration. */
export const SETTINGS_FILE = 'ignite.xml';
/** Where the ConfigMap is mounted. */
export const SETTINGS_FOLDER = '/config';
/** Where the licence is mounted. */
export const LICENCE_FOLDER = '/licence';

/** Nodes that are looked for: a new one joins by any of them, and more change nothing but the roll of all. */
const MAX_SEEDS = 3;

/** Of the memory that a node is given. */
const SHARES = { heap: 0.4, data: 0.4 } as const;

/** How much a node has of what, in MiB. */
export function memoryOf({ resources }: Pick<IgniteSidecarSpec, 'resources'>) {
  const total = toMebibytes(resources.memory);
  const data = Math.floor(total * SHARES.data);
  return {
    heap: Math.floor(total * SHARES.heap),
    data,
    // Left to itself it is as large as a small region once more.
    checkpoints: Math.floor(data / 4),
  };
}

/**
 * The configuration of every node, as Spring reads it. What differs from pod to
 * pod comes from the container's environment.
 */
export function settingsXml(spec: IgniteSidecarSpec): string {
  return springXml({
    class: 'org.apache.ignite.configuration.IgniteConfiguration',
    properties: {
      // The name under which data lies on the volume: the pod's, which stays.
      consistentId: environment('POD_NAME'),
      workDirectory: environment('IGNITE_WORK_DIR'),
      authenticationEnabled: hasLogins(spec),
      clientConnectorConfiguration: bean(
        'org.apache.ignite.configuration.ClientConnectorConfiguration',
        {
          host: environment('LISTEN_ADDRESS'),
          port: PORTS.thinClient,
          // Another port than the one that the mesh knows would be out of reach.
          portRange: 0,
        },
      ),
      // The server of REST; the older binary protocol beside it is the pod's own affair.
      connectorConfiguration: bean(
        'org.apache.ignite.configuration.ConnectorConfiguration',
        { host: '127.0.0.1' },
      ),
      discoverySpi: discovery(spec),
      communicationSpi: bean(
        'org.apache.ignite.spi.communication.tcp.TcpCommunicationSpi',
        {
          localAddress: environment('POD_IP'),
          localPort: PORTS.communication,
          localPortRange: 0,
        },
      ),
      dataStorageConfiguration: storage(spec),
      ...(spec.caches.length > 0 && {
        cacheConfiguration: { list: spec.caches.map(cache) },
      }),
      ...(needsLicence(spec) && {
        pluginConfigurations: {
          list: [
            bean('org.gridgain.grid.configuration.GridGainConfiguration', {
              licenseUrl: `${LICENCE_FOLDER}/${LICENCE_KEY}`,
            }),
          ],
        },
      }),
    },
  });
}

function bean(type: string, properties: Readonly<Record<string, Property>>) {
  return { class: type, properties } satisfies Bean;
}

/** A variable of the container, in the words of Spring. */
function environment(name: string): string {
  return `#{systemEnvironment['${name}']}`;
}

/** Nodes find each other by the names that the headless Service gives them. */
function discovery(spec: IgniteSidecarSpec): Bean {
  const [, service] = serviceHosts(names.ring(spec), spec.namespace);
  const seeds = Array.from(
    { length: Math.min(spec.replicas, MAX_SEEDS) },
    (_, ordinal) => `${names.pod(spec, ordinal)}.${service}:${PORTS.discovery}`,
  );
  return bean('org.apache.ignite.spi.discovery.tcp.TcpDiscoverySpi', {
    localAddress: environment('POD_IP'),
    localPort: PORTS.discovery,
    localPortRange: 0,
    ipFinder: bean(
      'org.apache.ignite.spi.discovery.tcp.ipfinder.vm.TcpDiscoveryVmIpFinder',
      { addresses: { list: seeds } },
    ),
  });
}

function storage(spec: IgniteSidecarSpec): Bean {
  const { data, checkpoints } = memoryOf(spec);
  const bytes = (mebibytes: number) => mebibytes * 2 ** 20;
  return bean('org.apache.ignite.configuration.DataStorageConfiguration', {
    defaultDataRegionConfiguration: bean(
      'org.apache.ignite.configuration.DataRegionConfiguration',
      {
        persistenceEnabled: spec.persistence.enabled,
        maxSize: bytes(data),
        ...(spec.persistence.enabled && {
          checkpointPageBufferSize: bytes(checkpoints),
        }),
      },
    ),
  });
}

function cache({ name, mode, backups }: CacheSpec): Bean {
  return bean('org.apache.ignite.configuration.CacheConfiguration', {
    name,
    cacheMode: mode,
    ...(backups !== undefined && { backups }),
    // What was acknowledged is on every copy: the loss of a node loses nothing.
    writeSynchronizationMode: 'FULL_SYNC',
    // Without all copies of a part a request fails, rather than find nothing.
    partitionLossPolicy: 'READ_WRITE_SAFE',
  });
}
