import {
  gatewayProgrammed,
  names,
  routeAttached,
  routeManifest,
  subjectAlternativeNames,
  versionCauses,
  type Stage,
} from '@ringfence/backstage-plugin-ringfence-node';
import { APPLICATION } from '../application';
import type { StageContext } from '../context';
import { objectRefs } from '../objects';
import { CQL_PORT } from '../ports';
import { routeType } from '../routes';
import { gatewayPorts } from './gateway';

/** The way in, opened last: by now nobody gets in with a login that everybody knows. */
export function routeStage({ spec, platform }: StageContext): Stage {
  const type = routeType({ spec, platform });
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
        application: APPLICATION,
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
