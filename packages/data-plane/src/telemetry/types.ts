/** A workload of the mesh, as telemetry names it. */
export interface MeshWorkload {
  /** Name of the Deployment or StatefulSet. */
  readonly workload: string;
  readonly namespace: string;
  /** Absent: outside the mesh, without an identity. */
  readonly serviceAccount?: string;
}

/** Under mutual TLS, or in plaintext: ztunnel's word for that is `unknown`. */
export type SecurityPolicy = 'mutual_tls' | 'unknown';

/** Who reports a connection: the ztunnel of its source, of its destination, or both. */
export type Reporter = 'source' | 'destination';

/** What connections have in common that are counted together. */
export interface Flow {
  readonly source: MeshWorkload;
  readonly destination: MeshWorkload;
  readonly securityPolicy: SecurityPolicy;
  /** The Service that the source dialled; of ztunnels only its own knows. */
  readonly destinationService?: {
    readonly name: string;
    readonly namespace: string;
  };
  /**
   * @defaultValue both under `mutual_tls`, `['destination']` in plaintext,
   * where the source is outside the mesh and has no ztunnel
   */
  readonly reporters?: readonly Reporter[];
  /** Why the mesh refused, such as `DENY`. @defaultValue `-` */
  readonly responseFlags?: string;
}

/** Both ends of one connection, each as `address:port`. */
export interface FlowEnds {
  readonly source: string;
  readonly destination: string;
}

/** One open connection; bytes are counted as they pass. */
export interface FlowConnection {
  /** Bytes from source to destination. */
  received(bytes: number): void;
  /** Bytes from destination to source. */
  sent(bytes: number): void;
  /** May be called again. */
  close(): void;
}

/** Connections that are over, or counted elsewhere. */
export interface FlowTotals {
  readonly opened: number;
  readonly closed?: number;
  readonly receivedBytes?: number;
  readonly sentBytes?: number;
}

/** A pod as `/config_dump` shows it. */
export interface MeshPod extends MeshWorkload {
  readonly name: string;
  readonly address: string;
  readonly node: string;
  /** `TCP` for pods outside the mesh, and for gateways. */
  readonly protocol: 'HBONE' | 'TCP';
  /** Names of AuthorizationPolicies and converted PeerAuthentications, as `namespace/name`. */
  readonly authorizationPolicies?: readonly string[];
}

/** A policy as `/config_dump` shows it. */
export interface MeshPolicy {
  readonly name: string;
  readonly namespace: string;
  readonly scope: 'Global' | 'Namespace' | 'WorkloadSelector';
  readonly action: 'Allow' | 'Deny';
  readonly rules?: unknown;
}

/** A workload certificate as `/config_dump` shows it. */
export interface MeshCertificate {
  /** `spiffe://...` */
  readonly identity: string;
  readonly chain: readonly MeshCertificatePem[];
  readonly roots: readonly MeshCertificatePem[];
}

export interface MeshCertificatePem {
  readonly pem: string;
  readonly serialNumber: string;
  readonly validFrom: Date;
  readonly expirationTime: Date;
}

/** What the mesh knows besides traffic. */
export interface MeshState {
  readonly pods: readonly MeshPod[];
  readonly policies: readonly MeshPolicy[];
  readonly certificates: readonly MeshCertificate[];
}

export interface TelemetryOptions {
  /** In whose form to print. @defaultValue 'ztunnel' */
  readonly proxy?: 'ztunnel' | 'sidecar';
  /** @defaultValue `cluster.local` */
  readonly trustDomain?: string;
  /** Istio's id of the Kubernetes cluster. @defaultValue `Kubernetes` */
  readonly clusterId?: string;
  /** Printed in `istio_build`. @defaultValue `unknown` */
  readonly version?: string;
}
