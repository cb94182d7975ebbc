import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import type {
  AccessRecipe,
  Blueprint,
  DatabaseTools,
  ExecResult,
  Facts,
  KubernetesObject,
  Login,
  Via,
} from '@ringfence/backstage-plugin-ringfence-node';
import { DialError } from '@ringfence/connection/dial';
import {
  certificateObject,
  healthyFacts,
  mintPki,
  NOW,
  seen,
  type Pki,
} from '../../checks/__testUtils__/facts';
import type { StoredDatabase } from '../../databases/Databases';
import { Observer, type ObserverDeps } from '../Observer';
import { ProbeBook } from '../probes/ProbeBook';
import { fakeCluster, secretObject, type FakeClusterOptions } from './cluster';

/** A gateway that does with plaintext what it should; TLS is the tools' affair. */
export interface LoopbackGateway {
  readonly port: number;
  readonly pki: Pki;
  readonly facts: Facts;
  close(): void;
}

export async function startLoopbackGateway(): Promise<LoopbackGateway> {
  const pki = await mintPki();
  const server: Server = createServer(socket =>
    socket.once('data', () => socket.end()),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const healthy = healthyFacts(pki);
  return {
    port,
    pki,
    facts: {
      ...healthy,
      access: { ...healthy.access, tlsPorts: [port] },
      gateway: atLoopback(healthy.gateway),
    },
    close: () => server.close(),
  };
}

function atLoopback(gateway: Facts['gateway']): Facts['gateway'] {
  const object = structuredClone(gateway.known ? gateway.value! : undefined!);
  object.status.addresses = [{ type: 'IPAddress', value: '127.0.0.1' }];
  return seen(object);
}

/** The objects that the facts of a healthy database come from. */
export function objectsOf({
  facts: base,
  pki,
}: LoopbackGateway): KubernetesObject[] {
  const values = [
    base.namespace,
    base.statefulSet,
    base.pods,
    base.gateway,
    base.routes,
    base.peerAuthentications,
    base.authorizationPolicies,
    base.ztunnelPods,
    base.endpointSlices,
    base.volumeClaims,
  ].flatMap(fact => (fact.known ? [fact.value].flat() : []));
  return [
    ...(values as KubernetesObject[]),
    certificateObject('orders'),
    certificateObject('orders-ca'),
    secretObject('orders-tls', {
      'tls.crt': pki.leafPem,
      'ca.crt': pki.ca.certPem,
      'tls.key': 'PRIVATE',
    }),
    secretObject('orders-ca', {
      'tls.crt': pki.ca.certPem,
      'ca.crt': pki.ca.certPem,
      'tls.key': 'PRIVATE',
    }),
  ];
}

const RING = [
  'UN  10.244.0.10  1 KiB',
  'UN  10.244.0.11  1 KiB',
  'UN  10.244.0.12  1 KiB',
].join('\n');

const REFUSED = new DialError({
  step: 'tls',
  code: 'ProtocolTooOld',
  message: 'too old',
  remedy: '',
});
const NOT_HERE = { exitCode: 127, stdout: '', stderr: 'getent: not found' };

/** An observer of one database, and what it asks. */
export function observe(
  gateway: LoopbackGateway,
  options: Partial<FakeClusterOptions> = {},
  changes: Partial<AccessRecipe> = {},
  deps: Partial<ObserverDeps> = {},
) {
  const { facts: base, pki } = gateway;
  const kubernetes = fakeCluster({ objects: objectsOf(gateway), ...options });
  const logins: Array<[Login, Via]> = [];
  const askRing = jest.fn(
    async (): Promise<ExecResult> => ({
      exitCode: 0,
      stdout: RING,
      stderr: '',
    }),
  );
  const tools = {
    handshake: jest.fn(async ({ offer }: { offer?: { version?: string } }) => {
      if (offer?.version) throw REFUSED;
      return {
        protocol: 'TLSv1.3',
        cipher: 'x',
        certificatePem: pki.leafPem,
        chainPem: [pki.leafPem],
        verified: true,
      };
    }),
    exec: jest.fn(async (_pod: unknown, [program]: readonly string[]) =>
      program === 'getent' ? NOT_HERE : askRing(),
    ),
    tryLogin: jest.fn(async (login: Login, via: Via) => {
      logins.push([login, via]);
      const shown = 'host' in via && via.clientSecret;
      if (changes.clientCertificates?.mode === 'required' && !shown) {
        return { outcome: 'unreachable', message: 'no certificate' } as const;
      }
      return typeof login === 'object' && 'secret' in login
        ? ({ outcome: 'accepted' } as const)
        : ({ outcome: 'refused', message: 'bad credentials' } as const);
    }),
  };
  const blueprint = {
    access: () => ({
      ...base.access,
      ...changes,
    }),
    observation: () => ({
      ...base.observation,
      certificates: [
        { name: 'orders-ca', secret: 'orders-ca', purpose: 'ca' },
        { name: 'orders', secret: 'orders-tls', purpose: 'service' },
      ],
    }),
  } as unknown as Blueprint<any>;
  const database: StoredDatabase = {
    ref: base.database,
    spec: base.spec,
    blueprint,
    state: 'ready',
  };
  let nowMs = NOW.getTime();
  const clock = () => new Date(nowMs);
  const observer = new Observer({
    clusters: { get: () => ({ kubernetes, defaults: {} }) },
    createTools: () => tools as unknown as DatabaseTools,
    clock,
    probes: new ProbeBook({ clock, timeoutMs: 500 }),
    ...deps,
  });
  return {
    observer,
    database,
    tools,
    askRing,
    logins,
    pass: (ms: number) => (nowMs += ms),
  };
}
