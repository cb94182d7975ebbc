import type { GatewayAddress, Stage } from '../../../blueprint';
import type { ObjectRef } from '../../../kubernetes';
import { routeManifest } from '../../gateway';
import { gatewayProgrammed, routeAttached } from '../../gatewayWaits';
import { names } from '../../names';
import { nodeNames } from '../../nodeNames';
import { subjectAlternativeNames } from '../../pki';
import { versionCauses } from '../../routing';
import type { CqlRingContext } from '../CqlRing';
import { objectRefs } from '../../gated';
import { CQL_PORT } from '../ports';
import { nodeRouteType, routeType } from '../routes';
import type { CqlRingSpec } from '../spec';
import { nodePorts, sharedPorts } from './gateway';

/** The way in, opened last: by now nobody gets in with a login that everybody knows. */
export function routeStage(context: CqlRingContext): Stage {
  const { spec, platform, ring } = context;
  const type = routeType(spec, platform);
  const nodes = nodeRoutes(context);
  const shared = sharedPorts(spec).map(({ name }) => name);
  const refs: ObjectRef[] = [
    { ...type, namespace: spec.namespace, name: names.cql(spec) },
    ...nodes.map(({ ref }) => ref),
  ];
  return {
    name: 'route',
    title: 'Route through the gateway',
    manifests: ({ gatewayAddresses }) => [
      routeManifest(spec, {
        application: ring.application,
        type,
        backendPort: CQL_PORT,
        hostnames: sharedNames(spec, gatewayAddresses),
        // Without names it would take the nodes' listeners, too.
        ...(nodes.length > 0 && { listeners: shared }),
      }),
      ...nodes.map(({ manifest }) => manifest),
    ],
    waits: [
      ...refs.map(ref =>
        routeAttached(ref, {
          gateway: names.gateway(spec),
          causes: versionCauses(platform),
        }),
      ),
      gatewayProgrammed(objectRefs(spec).gateway, [
        ...shared,
        ...nodes.map(({ listener }) => listener),
      ]),
    ],
  };
}

/** What clients call the gateway that mean no node; a route has 16 names at most. */
function sharedNames(
  spec: CqlRingSpec,
  gatewayAddresses: readonly GatewayAddress[],
): string[] {
  const { dnsNames = [] } = subjectAlternativeNames(spec, gatewayAddresses);
  const ofNodes = nodeNames(spec).map(({ serverName }) => serverName);
  return dnsNames.filter(name => !ofNodes.includes(name));
}

/** The routes that lead from a node's name to that node alone. */
function nodeRoutes({ spec, platform, ring }: CqlRingContext) {
  const type = nodeRouteType(platform);
  return nodePorts(spec, platform).map((port, ordinal) => {
    const name = names.nodeCql(spec, ordinal);
    return {
      listener: port.name,
      ref: { ...type, namespace: spec.namespace, name },
      manifest: routeManifest(spec, {
        application: ring.application,
        type,
        backendPort: CQL_PORT,
        hostnames: port.hostname ? [port.hostname] : [],
        listeners: [port.name],
        name,
        hostname: port.hostname,
      }),
    };
  });
}
