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
import type { OperatorFacts } from './operators';
import type { Platform } from './platform';
import type { Handshake, IgniteState, LoginResult } from './tools';

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
  /** Those of the mesh's root namespace, which hold for every workload that they select. */
  readonly meshAuthorizationPolicies: Fact<readonly KubernetesObject[]>;
  /** ztunnel's pods, on all nodes. */
  readonly ztunnelPods: Fact<readonly KubernetesObject[]>;
  /** ServiceEntry, VirtualService, DestinationRule and Istio's Sidecar of the namespace; of the mesh's root namespace the last two, which hold everywhere; of all others the first three where they name Services of the namespace. */
  readonly trafficRules: Fact<readonly KubernetesObject[]>;
  /** Those of the namespace and of the mesh's root namespace. Of what a patch puts in, at least the names of its fields. */
  readonly envoyFilters: Fact<readonly KubernetesObject[]>;
  /** Routes of the namespace besides the database's own, of the kinds that those may have. */
  readonly otherRoutes: Fact<readonly KubernetesObject[]>;
  readonly networkPolicies: Fact<readonly KubernetesObject[]>;
  readonly endpointSlices: Fact<readonly KubernetesObject[]>;
  readonly volumeClaims: Fact<readonly KubernetesObject[]>;
  readonly certificateRequests: Fact<readonly KubernetesObject[]>;
  /** What lets routes and Gateways of other namespaces refer to Services and Secrets of this one. */
  readonly referenceGrants: Fact<readonly KubernetesObject[]>;
  /** Events of type `Warning` in the namespace. */
  readonly warnings: Fact<readonly KubernetesObject[]>;
  /** What the Kubernetes cluster can do. */
  readonly platform: Fact<Platform>;
  readonly certificates: readonly CertificateFacts[];
  /** Absent: no operator makes its nodes, see {@link ObservationRecipe.operator}. */
  readonly operator?: OperatorFacts;
  readonly gatewayAddresses: Fact<readonly GatewayAddress[]>;

  /** Probe: a handshake with the gateway, from the portal; of several TLS ports the one that is not in order, or else the first. */
  readonly served: Fact<Handshake & { readonly port?: number }>;
  /** Probe: what answers a request in plaintext on the TLS ports, by the protocol that each has inside of TLS; the one that takes it, or else the first. */
  readonly plaintext: Fact<{
    readonly port?: number;
    readonly refused: boolean;
    readonly message: string;
  }>;
  /** Probe: as the ring sees itself, or the cluster its topology and baseline. */
  readonly ring: Fact<readonly RingNode[]>;
  /** Probe: whether an Ignite cluster takes requests; absent for any other database, and until it was asked. */
  readonly clusterState?: Fact<IgniteState>;
  /** Probe: pods that are ready and answer thin clients, although the topology that was asked has no such node; absent where nobody asks for them. */
  readonly apart?: Fact<readonly string[]>;
  readonly logins: {
    readonly application: Fact<LoginResult>;
    readonly anonymous: Fact<LoginResult>;
    /** Each of `observation.publicLogins`; the result of the first that was accepted, or the last. */
    readonly publicDefault: Fact<LoginResult>;
    /** As the superuser that Ringfence changes the database with. */
    readonly superuser: Fact<LoginResult>;
    /** A connection that shows no certificate where one is required, on each TLS port: the first that comes to a login, or else the last. */
    readonly withoutCertificate?: Fact<LoginResult>;
  };
  /** Probe: bytes and connections to the database's pods, by security policy. */
  readonly telemetry: Fact<readonly TrafficSample[]>;
  /** Probe: which versions and key exchanges the gateway takes. */
  readonly wire: Fact<WireFacts>;
  /** Probe: each schema version and the nodes that have it; one, where they agree. */
  readonly schemas: Fact<readonly SchemaVersion[]>;
  /** Probe: the name of the headless Service, looked up in one of the pods. */
  readonly nameLookup: Fact<NameLookup>;
  /** Probe: which of `observation.logMarks` are in the nodes' logs and not over; absent: there are none to look for. */
  readonly logMarks?: Fact<readonly SeenLogMark[]>;
  /** Probe: what GridGain's licence says; absent: none is needed. */
  readonly licence?: Fact<LicenceFacts>;
  /** Probe: where the objects differ from the manifests of the stored spec. */
  readonly drift: Fact<readonly DriftedField[]>;
  /** Who took bundles away, from the plugin's history. */
  readonly receipts: Fact<readonly BundleHolder[]>;
}

/** What a gateway takes on its TLS port, each found out by a handshake of its own. */
export interface WireFacts {
  readonly port: number;
  /**
   * A handshake that offers X25519MLKEM768 and nothing else: `taken`,
   * `refused`, or `unknown` where this runtime cannot offer it (Node 22).
   */
  readonly hybridKeyExchange: 'taken' | 'refused' | 'unknown';
  /** A handshake that offers classical groups and nothing else; tried where the hybrid is required. */
  readonly classicalKeyExchange?: 'taken' | 'refused' | 'unknown';
  /** Versions that no client should be let in with: which of them were taken. */
  readonly legacyTaken: readonly ('TLSv1' | 'TLSv1.1')[];
  /** Which of them could not be tried: this runtime cannot offer them, or nothing came back. */
  readonly legacyUntested?: readonly ('TLSv1' | 'TLSv1.1')[];
  /** Milliseconds until the handshake was done. */
  readonly handshakeMs: number;
}

/** A known line in a node's log, of which nothing but its name is kept. */
export interface SeenLogMark {
  /** See {@link LogMark.name}. */
  readonly name: string;
  readonly pod: string;
}

/** What a licence says; never the licence itself. */
export type LicenceFacts =
  | { readonly is: 'missing' }
  | {
      readonly is: 'malformed';
      /** Such as `it is no XML`. */
      readonly why: string;
    }
  | {
      readonly is: 'readable';
      /** ISO 8601; absent: it has no end. */
      readonly expiresAt?: string;
      /** Absent: as many as one likes. */
      readonly maxNodes?: number;
    };

/** One version of the schema. */
export interface SchemaVersion {
  /** UUID, or `UNREACHABLE`. */
  readonly version: string;
  /** Addresses of the nodes that have it. */
  readonly nodes: readonly string[];
}

/** What a name stands for, seen from a pod. */
export interface NameLookup {
  /** Such as `orders.orders.svc.cluster.local`. */
  readonly name: string;
  readonly pod: string;
  /** None where the name does not resolve. */
  readonly addresses: readonly string[];
}

/** A field that is not as the manifests of the stored spec say. */
export interface DriftedField {
  /** Such as `StatefulSet orders/orders`. */
  readonly object: string;
  /** Such as `spec.replicas`; absent: the object itself is missing. */
  readonly field?: string;
  /** Never the content of a Secret. */
  readonly wanted?: string;
  readonly found?: string;
  /** Field manager that set it, such as `kubectl-edit`. */
  readonly manager?: string;
}

/** Who has a bundle of this database. */
export interface BundleHolder {
  /** Entity ref. */
  readonly userRef: string;
  /** Fingerprints of the CA certificates in it. */
  readonly caSha256: readonly string[];
  readonly downloadedAt: Date;
}

/** One Certificate of cert-manager and the public part of its Secret. */
export interface CertificateFacts {
  readonly name: string;
  readonly purpose: 'ca' | 'service' | 'client';
  readonly certificate: Fact<KubernetesObject | undefined>;
  /** `tls.crt` and `ca.crt` of its Secret; never `tls.key`. */
  readonly secret: Fact<
    | {
        readonly certificatePem: string;
        readonly caPem?: string;
        /** Absent: none are asked for. */
        readonly stores?: readonly StoreFacts[];
      }
    | undefined
  >;
}

/** A JKS or PKCS #12 store in the Secret of a certificate; never what is in it. */
export interface StoreFacts {
  /** Such as `keystore.p12`. */
  readonly key: string;
  /** Whether the password that the Certificate names opens it; `without password`: there is none of that name. */
  readonly is: 'open' | 'closed' | 'missing' | 'without password';
}

/** A node as the ring sees it. */
export interface RingNode {
  readonly address: string;
  /** Two letters of nodetool: Up/Down, then Normal/Leaving/Joining/Moving; `?` for what the ring does not say. Of a cluster's node `UN` (in the topology) or `DN` (in the baseline alone). */
  readonly state: string;
  /** Empty where the database knows none. */
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
  /** Service that the traffic was for; `PassthroughCluster` where a sidecar knew none. */
  readonly destinationService?: string;
  /** `mutual_tls`, `unknown` (ztunnel's word for plaintext) or `none` (Envoy's). */
  readonly securityPolicy: string;
  readonly connectionsOpened: number;
  readonly receivedBytes: number;
  /** What was added since an earlier reading; absent until there is one. */
  readonly recent?: {
    readonly seconds: number;
    readonly connectionsOpened: number;
    readonly receivedBytes: number;
  };
  /** Non-zero where the mesh itself refused, by `response_flags`. */
  readonly refused?: string;
}
