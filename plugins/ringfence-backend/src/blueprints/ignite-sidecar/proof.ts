import {
  certificateDemanded,
  handshakeVerifies,
  isGated,
  loginAccepted,
  loginRefused,
  names,
  throughGateway,
  type Route,
  type Stage,
  type Wait,
} from '@ringfence/backstage-plugin-ringfence-node';
import { serverName } from './access';
import { GATEWAY_REST_PORT, igniteNames, PORTS } from './names';
import { PUBLIC_LOGIN } from './observation';
import { hasLogins, type IgniteSidecarSpec } from './spec';

/** What clients will do, and what nobody may be able to do. */
export function proofStage(spec: IgniteSidecarSpec): Stage {
  return {
    name: 'proof',
    title: 'Proof that the fence holds',
    manifests: () => [],
    waits: [
      ...(isGated(spec) ? handshakes(spec) : []),
      ...logins(spec),
      ...demands(spec),
    ],
  };
}

function gatewayTarget(spec: IgniteSidecarSpec, port: number) {
  return {
    port,
    serverName: serverName(spec),
    caSecret: names.certificate(spec),
  };
}

function handshakes(spec: IgniteSidecarSpec): Wait[] {
  return [PORTS.thinClient, GATEWAY_REST_PORT].map(port =>
    handshakeVerifies(gatewayTarget(spec, port)),
  );
}

/** Through the gateway as clients do; where there is none, to the first pod. */
function wayIn(spec: IgniteSidecarSpec): Route {
  if (!isGated(spec)) {
    return () => ({ pod: names.pod(spec, 0), port: PORTS.thinClient });
  }
  const asked = spec.access.clientCertificates !== 'off';
  return throughGateway({
    ...gatewayTarget(spec, PORTS.thinClient),
    ...(asked && { clientSecret: names.portalCertificate(spec) }),
  });
}

/** Without logins a client that comes in at all is taken for anybody. */
function logins(spec: IgniteSidecarSpec): Wait[] {
  const route = wayIn(spec);
  if (!hasLogins(spec)) {
    const what = 'A connection without a login';
    return [loginAccepted({ what, login: 'anonymous', route })];
  }
  const remedy = `Is authenticationEnabled true in ConfigMap "${
    spec.namespace
  }/${igniteNames.settings(
    spec,
  )}", and do the nodes run with it? Provisioning again gives the superuser its generated password`;
  return [
    loginAccepted({
      what: 'Login as the application user',
      login: { secret: names.applicationSecret(spec) },
      route,
    }),
    loginRefused({
      ...{ what: 'Anonymous login', login: 'anonymous' },
      ...{ route, remedy },
    }),
    loginRefused({
      what: `Login as "${PUBLIC_LOGIN.username}" with the password that everybody knows`,
      login: PUBLIC_LOGIN,
      ...{ route, remedy },
    }),
  ];
}

function demands(spec: IgniteSidecarSpec): Wait[] {
  if (spec.access.clientCertificates !== 'required') return [];
  const port = PORTS.thinClient;
  return [certificateDemanded(port, throughGateway(gatewayTarget(spec, port)))];
}
