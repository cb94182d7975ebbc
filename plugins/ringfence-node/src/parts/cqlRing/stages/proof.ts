import type { Stage, Wait } from '../../../blueprint';
import type { Login } from '../../../tools';
import { names } from '../../names';
import {
  certificateDemanded,
  handshakeVerifies,
  loginAccepted,
  loginRefused,
  throughGateway,
  type Route,
} from '../../probes';
import { serverName, tlsPorts } from '../access';
import type { CqlRingContext } from '../CqlRing';
import { PUBLIC_LOGIN } from '../observation';
import { CQL_PORT, GATEWAY_TLS_PORT } from '../ports';
import type { CqlRingSpec } from '../spec';

/** What clients will do, and what nobody may be able to do. */
export function proofStage({ spec }: CqlRingContext): Stage {
  const gated = spec.access.exposure !== 'none';
  return {
    name: 'proof',
    title: 'Proof that the fence holds',
    manifests: () => [],
    waits: gated
      ? [
          handshakeVerifies(gatewayTarget(spec)),
          ...logins(spec),
          ...demands(spec),
        ]
      : logins(spec),
  };
}

function gatewayTarget(spec: CqlRingSpec) {
  return {
    port: GATEWAY_TLS_PORT,
    serverName: serverName(spec),
    caSecret: names.certificate(spec),
  };
}

function logins(spec: CqlRingSpec): Wait[] {
  const route = wayIn(spec);
  const application: Login = { secret: names.applicationSecret(spec) };
  const { username } = PUBLIC_LOGIN;
  return [
    loginAccepted({
      what: 'Login as the application role',
      login: application,
      route,
    }),
    loginRefused({ what: 'Anonymous login', login: 'anonymous', route }),
    loginRefused({
      what: `Login as "${username}" with the password that everybody knows`,
      login: PUBLIC_LOGIN,
      route,
    }),
  ];
}

/** Through the gateway as clients do; where there is none, to the first pod. */
function wayIn(spec: CqlRingSpec): Route {
  return spec.access.exposure === 'none'
    ? () => ({ pod: names.pod(spec, 0), port: CQL_PORT })
    : throughGateway({ ...gatewayTarget(spec), ...portalCertificate(spec) });
}

/** What the portal shows of itself where the gateway asks. */
function portalCertificate(spec: CqlRingSpec) {
  return spec.access.clientCertificates === 'off'
    ? {}
    : { clientSecret: names.portalCertificate(spec) };
}

/** On every port that takes TLS. */
function demands(spec: CqlRingSpec): Wait[] {
  if (spec.access.clientCertificates !== 'required') return [];
  return tlsPorts(spec).map(port =>
    certificateDemanded(port, throughGateway({ ...gatewayTarget(spec), port })),
  );
}
