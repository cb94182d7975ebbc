import {
  handshakeVerifies,
  loginAccepted,
  loginRefused,
  names,
  throughGateway,
  type Login,
  type Route,
  type Stage,
  type Wait,
} from '@ringfence/backstage-plugin-ringfence-node';
import { serverName } from '../access';
import type { StageContext } from '../context';
import { PUBLIC_LOGIN } from '../observation';
import { CQL_PORT, GATEWAY_TLS_PORT } from '../ports';
import type { ScylladbAmbientSpec } from '../spec';

/** What clients will do, and what nobody may be able to do. */
export function proofStage({ spec }: StageContext): Stage {
  const gated = spec.access.exposure !== 'none';
  return {
    name: 'proof',
    title: 'Proof that the fence holds',
    manifests: () => [],
    waits: gated
      ? [handshakeVerifies(gatewayTarget(spec)), ...logins(spec)]
      : logins(spec),
  };
}

function gatewayTarget(spec: ScylladbAmbientSpec) {
  return {
    port: GATEWAY_TLS_PORT,
    serverName: serverName(spec),
    caSecret: names.certificate(spec),
  };
}

function logins(spec: ScylladbAmbientSpec): Wait[] {
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
function wayIn(spec: ScylladbAmbientSpec): Route {
  return spec.access.exposure === 'none'
    ? () => ({ pod: names.pod(spec, 0), port: CQL_PORT })
    : throughGateway(gatewayTarget(spec));
}
