import type {
  DatabaseRef,
  DatabaseSpec,
} from '@ringfence/backstage-plugin-ringfence-common';
import type {
  AccessRecipe,
  GatewayAddress,
  ObservationRecipe,
} from './blueprint';
import type { KubernetesObject } from './kubernetes';
import type { Handshake, LoginResult } from './tools';

/** Something that was looked at, or the reason why it could not be. */
export type Fact<T> =
  | { readonly known: true; readonly value: T; readonly at: Date }
  | {
      readonly known: false;
      /** Such as `pods/exec is forbidden in "payments"`. */
      readonly why: string;
      readonly remedy?: string;
      readonly at: Date;
    };

/** All that is known about one database at one moment. */
export interface Facts {
  readonly database: DatabaseRef;
  readonly spec: DatabaseSpec;
  readonly access: AccessRecipe;
  readonly observation: ObservationRecipe;
  readonly gatheredAt: Date;

  readonly namespace: Fact<KubernetesObject | undefined>;
  readonly statefulSet: Fact<KubernetesObject | undefined>;
  readonly pods: Fact<readonly KubernetesObject[]>;
  readonly services: Fact<readonly KubernetesObject[]>;
  readonly gateway: Fact<KubernetesObject | undefined>;
  readonly routes: Fact<readonly KubernetesObject[]>;
  readonly peerAuthentications: Fact<readonly KubernetesObject[]>;
  /** Those of the mesh's root namespace. */
  readonly meshPeerAuthentications: Fact<readonly KubernetesObject[]>;
  readonly authorizationPolicies: Fact<readonly KubernetesObject[]>;
  /** ztunnel's pods, on all nodes. */
  readonly ztunnelPods: Fact<readonly KubernetesObject[]>;
  readonly certificates: readonly CertificateFacts[];
  readonly gatewayAddresses: Fact<readonly GatewayAddress[]>;

  /** Probe: a handshake with the gateway, from the portal; of several TLS ports the one that is not in order, or else the first. */
  readonly served: Fact<Handshake & { readonly port?: number }>;
  /** Probe: what answers a CQL request in plaintext on the TLS ports; the one that takes it, or else the first. */
  readonly plaintext: Fact<{
    readonly port?: number;
    readonly refused: boolean;
    readonly message: string;
  }>;
  /** Probe: as the ring sees itself. */
  readonly ring: Fact<readonly RingNode[]>;
  readonly logins: {
    readonly application: Fact<LoginResult>;
    readonly anonymous: Fact<LoginResult>;
    /** Each of `observation.publicLogins`; the result of the first that was accepted, or the last. */
    readonly publicDefault: Fact<LoginResult>;
  };
  /** Probe: bytes and connections to the database's pods, by security policy. */
  readonly telemetry: Fact<readonly TrafficSample[]>;
}

/** One Certificate of cert-manager and the public part of its Secret. */
export interface CertificateFacts {
  readonly name: string;
  readonly purpose: 'ca' | 'service' | 'client';
  readonly certificate: Fact<KubernetesObject | undefined>;
  /** `tls.crt` and `ca.crt` of its Secret; never `tls.key`. */
  readonly secret: Fact<
    { readonly certificatePem: string; readonly caPem?: string } | undefined
  >;
}

/** A node as the ring sees it. */
export interface RingNode {
  readonly address: string;
  /** Two letters of nodetool: Up/Down, then Normal/Leaving/Joining/Moving. */
  readonly state: string;
  readonly datacenter: string;
  readonly rack?: string;
  readonly hostId?: string;
  readonly load?: string;
}

/** Traffic to the database's pods since the telemetry began, one row per source and policy. */
export interface TrafficSample {
  readonly reporter: 'source' | 'destination';
  readonly sourceWorkload: string;
  readonly sourceNamespace: string;
  /** `spiffe://...`, or `unknown`. */
  readonly sourcePrincipal: string;
  readonly destinationWorkload: string;
  /** `mutual_tls`, `unknown` (ztunnel's word for plaintext) or `none` (Envoy's). */
  readonly securityPolicy: string;
  readonly connectionsOpened: number;
  readonly receivedBytes: number;
  /** Non-zero where the mesh itself refused, by `response_flags`. */
  readonly refused?: string;
}
