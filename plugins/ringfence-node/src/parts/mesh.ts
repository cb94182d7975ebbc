import type { Manifest } from '../kubernetes';
import {
  toManifest,
  type IAuthorizationPolicy,
  type IPeerAuthentication,
} from './manifest';
import {
  commonLabels,
  gatewayWorkload,
  names,
  podSelector,
  type Gated,
} from './names';
import { plaintextMetricsPort, type Monitored } from './monitoring';
import type { MeshMembership } from './namespace';
import { networkPolicy } from './networkPolicy';
import type { AccessSpec, MeshClient } from './spec';

/** What is needed to fence a database's pods. */
export type Fenced = Gated &
  Monitored & {
    readonly access: Pick<AccessSpec, 'gatewayClass' | 'exposure' | 'clients'>;
    readonly strictMtls: boolean;
  };

export interface FenceOptions {
  readonly application: string;
  /** How the mesh captures the pods: decides on which ports their peers arrive. */
  readonly mesh: MeshMembership['mode'];
  /** Trust domain of the mesh, such as `cluster.local`. */
  readonly trustDomain: string;
  /** The ports that clients use. */
  readonly clientPorts: readonly number[];
  /** Ports that the nodes use among themselves. */
  readonly ringPorts: readonly number[];
  /** Absent: the database has no metrics of its own to scrape. */
  readonly metricsPort?: number;
  /** Ports that the kubelet probes. */
  readonly probePorts: readonly number[];
}

/**
 * What may reach the database's pods, and how. Each selects these pods only:
 * one without a selector would also meet the gateway, whose connections from
 * outside carry no identity.
 */
export function fenceManifests(
  spec: Fenced,
  options: FenceOptions,
): Manifest[] {
  return [
    toManifest(peerAuthentication(spec, options)),
    toManifest(authorizationPolicy(spec, options)),
    toManifest(networkPolicy(spec, options)),
  ];
}

function meta(spec: Fenced, { application }: FenceOptions) {
  return {
    name: names.ring(spec),
    namespace: spec.namespace,
    labels: commonLabels(spec, application),
  };
}

function peerAuthentication(
  spec: Fenced,
  options: FenceOptions,
): IPeerAuthentication {
  const open = plaintextMetricsPort(spec, options.metricsPort);
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: meta(spec, options),
    spec: {
      selector: { matchLabels: podSelector(spec, options.application) },
      mtls: { mode: spec.strictMtls ? 'STRICT' : 'PERMISSIVE' },
      ...(open !== undefined && {
        portLevelMtls: { [open]: { mode: 'PERMISSIVE' } },
      }),
    },
  };
}

type Rule = NonNullable<
  NonNullable<IAuthorizationPolicy['spec']>['rules']
>[number];

function authorizationPolicy(
  spec: Fenced,
  options: FenceOptions,
): IAuthorizationPolicy {
  const rules = [
    clientRule(spec, options),
    ringRule(spec, options),
    metricsRule(spec, options),
  ];
  return {
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: meta(spec, options),
    spec: {
      selector: { matchLabels: podSelector(spec, options.application) },
      action: 'ALLOW',
      rules: rules.filter((rule): rule is Rule => rule !== undefined),
    },
  };
}

/** The gateway's identity and the clients inside the mesh. */
function clientRule(spec: Fenced, options: FenceOptions): Rule | undefined {
  const to = onPorts(options.clientPorts);
  // Plaintext carries no identity: without STRICT the NetworkPolicy alone
  // says from which namespaces clients may come.
  if (!spec.strictMtls) return { to };
  const principals = clientIdentities(spec).map(client =>
    principal(options.trustDomain, client),
  );
  // An empty list of principals would let everybody in.
  return principals.length > 0
    ? { from: [{ source: { principals } }], to }
    : undefined;
}

/** The nodes among themselves. */
function ringRule(spec: Fenced, options: FenceOptions): Rule {
  const own = principal(options.trustDomain, {
    namespace: spec.namespace,
    serviceAccount: names.ring(spec),
  });
  return {
    from: [{ source: { principals: [own] } }],
    to: onPorts(options.ringPorts),
  };
}

function metricsRule(spec: Fenced, options: FenceOptions): Rule | undefined {
  const { namespace } = spec.monitoring;
  if (!namespace || options.metricsPort === undefined) return undefined;
  const to = onPorts([options.metricsPort]);
  // Plaintext has no identity to name: the NetworkPolicy says who may come.
  return plaintextMetricsPort(spec, options.metricsPort) === undefined
    ? { from: [{ source: { namespaces: [namespace] } }], to }
    : { to };
}

function clientIdentities(spec: Fenced): MeshClient[] {
  const gateway = {
    namespace: spec.namespace,
    serviceAccount: gatewayWorkload(spec),
  };
  return [
    ...(spec.access.exposure === 'none' ? [] : [gateway]),
    ...spec.access.clients,
  ];
}

/** An identity as policies write it: without `spiffe://`. */
function principal(
  trustDomain: string,
  { namespace, serviceAccount }: MeshClient,
): string {
  return `${trustDomain}/ns/${namespace}/sa/${serviceAccount}`;
}

function onPorts(ports: readonly number[]) {
  return [{ operation: { ports: ports.map(String) } }];
}
