import type { DatabaseSpec } from '@ringfence/backstage-plugin-ringfence-common';
import type { Platform } from '../../platform';
import type { Fenced } from '../mesh';
import type { MeshMembership, PodSecurityLevel } from '../namespace';
import type { Certified } from '../pki';
import type { AccessSpec, CertificateSpec } from '../spec';

/** What every database behind a TLS gateway asks about the way in. */
export type GatedAccess = Pick<
  AccessSpec,
  | 'exposure'
  | 'hostname'
  | 'clients'
  | 'gatewayClass'
  | 'clientCertificates'
  | 'keyExchange'
> &
  Partial<Pick<AccessSpec, 'routing'>>;

/** The spec of a database behind a TLS gateway, whatever it speaks. */
export interface GatedSpec
  extends DatabaseSpec,
    Pick<Fenced, 'strictMtls' | 'monitoring'>,
    Pick<Certified, 'replicas'> {
  readonly profile: 'dev' | 'production';
  readonly certificate: CertificateSpec;
  readonly access: GatedAccess;
}

/** What a kind of database behind a gateway is fenced by. */
export interface GatedDatabase {
  /** What runs, as in the label `app.kubernetes.io/name`. */
  readonly application: string;
  /** How the mesh captures its pods. */
  readonly mesh: MeshMembership;
  /** The strictest level that all pods of the namespace pass. */
  readonly podSecurity: PodSecurityLevel;
  readonly ports: FencedPorts;
}

/** Ports of the pods, by who may come to them. */
export interface FencedPorts {
  /** What the gateway and clients inside the mesh dial. */
  readonly clients: readonly number[];
  /** Which nodes may open to each other. */
  readonly ring: readonly number[];
  /** What the kubelet asks. */
  readonly probes: readonly number[];
  /** Metrics of the database itself; absent where it has none to scrape. */
  readonly metrics?: {
    /** As its container declares it. */
    readonly name: string;
    readonly port: number;
  };
}

/** What the stages that all have in common are made from. */
export interface GatedContext {
  readonly spec: GatedSpec;
  readonly platform: Platform;
  readonly database: GatedDatabase;
}

/** Whether there is a gateway: a way in from outside of the mesh. */
export function isGated({
  access,
}: {
  readonly access: Pick<AccessSpec, 'exposure'>;
}): boolean {
  return access.exposure !== 'none';
}

/** Whether the certificates are signed by a CA of the database's own. */
export function hasOwnCa(
  spec: Pick<GatedSpec, 'access' | 'certificate'>,
): boolean {
  return isGated(spec) && spec.certificate.issuer.kind === 'self-signed';
}
