import type { Stage } from '../../../blueprint';
import { routeManifest } from '../../gateway';
import { gatewayProgrammed, routeAttached } from '../../gatewayWaits';
import { names } from '../../names';
import { subjectAlternativeNames } from '../../pki';
import { versionCauses } from '../../routing';
import type { CqlRingContext } from '../CqlRing';
import { objectRefs } from '../objects';
import { CQL_PORT } from '../ports';
import { routeType } from '../routes';
import { gatewayPorts } from './gateway';

/** The way in, opened last: by now nobody gets in with a login that everybody knows. */
export function routeStage({ spec, platform, ring }: CqlRingContext): Stage {
  const type = routeType(spec, platform);
  const listeners = gatewayPorts(spec).map(({ name }) => name);
  const ref = {
    ...type,
    namespace: spec.namespace,
    name: names.cql(spec),
  };
  return {
    name: 'route',
    title: 'Route through the gateway',
    manifests: ({ gatewayAddresses }) => [
      routeManifest(spec, {
        application: ring.application,
        type,
        backendPort: CQL_PORT,
        hostnames:
          subjectAlternativeNames(spec, gatewayAddresses).dnsNames ?? [],
      }),
    ],
    waits: [
      routeAttached(ref, {
        gateway: names.gateway(spec),
        causes: versionCauses(platform),
      }),
      gatewayProgrammed(objectRefs(spec).gateway, listeners),
    ],
  };
}
