import type {
  DatabaseSpec,
  Requirement,
} from '@ringfence/backstage-plugin-ringfence-common';
import type { z } from 'zod/v3';
import type { Check } from './check';
import type { KubernetesObject, Manifest, ObjectRef } from './kubernetes';
import type { OperatorRecipe } from './operators';
import type { Platform, PlatformDefaults } from './platform';
import type { DatabaseTools } from './tools';

/** A kind of database and how it is fenced. Pure: same input, same bytes. */
export interface Blueprint<Spec extends DatabaseSpec = DatabaseSpec> {
  readonly kind: Spec['blueprint'];
  readonly title: string;
  /** One line: when to choose it. */
  readonly description: string;
  /** Parses and completes a spec; unknown fields are refused. */
  readonly schema: z.ZodType<Spec, z.ZodTypeDef, unknown>;
  /**
   * What the portal's presets for a Kubernetes cluster mean for a spec that says
   * nothing: fields by section, such as `{ storage: { className: 'fast' } }`.
   */
  presets?(
    defaults: PlatformDefaults,
  ): Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** What it needs; unmet ones carry a remedy. */
  requirements(spec: Spec, platform: Platform): Requirement[];
  stages(spec: Spec, platform: Platform): Stage[];
  operations(spec: Spec): Operation[];
  /** Its own, beside those that are asked about every database. */
  checks(spec: Spec): Check[];
  /** Where to read address, CA and roles. */
  access(spec: Spec): AccessRecipe;
  /** Which objects and pods its facts come from. */
  observation(spec: Spec): ObservationRecipe;
  /**
   * Paths into what users send, such as `gridgain.licence`, that hold a secret.
   * They are taken out before the spec is read, so that it is never stored with
   * them, and are kept in Secrets alone (see {@link SecretValue}).
   */
  readonly secretFields?: readonly string[];
  /**
   * Paths into the spec, such as `storage.size`, that cannot change once the
   * database's StatefulSet or one of its volumes exists.
   */
  readonly immutableFields?: readonly string[];
}

/** What earlier stages found out; never a secret's value. */
export interface Observed {
  /** `status.addresses` of the Gateway. */
  readonly gatewayAddresses: readonly GatewayAddress[];
  /** SHA-256 of a Secret's data, by its name: rolls pods when it changes. */
  readonly secretHashes: Readonly<Record<string, string>>;
  /** Certificates (PEM, public) by the name of their Secret, see {@link Stage.certificates}. */
  readonly certificates?: Readonly<Record<string, string>>;
}

export interface GatewayAddress {
  readonly type: 'IPAddress' | 'Hostname';
  readonly value: string;
}

/** A step of provisioning: apply, act, then wait. */
export interface Stage {
  /** Such as `certificate`. */
  readonly name: string;
  /** Such as "Certificate of the gateway". */
  readonly title: string;
  /** Generated once, by the provisioner; never overwritten. */
  readonly secrets?: readonly SecretRecipe[];
  /**
   * Names of Secrets whose `tls.crt` its manifests are made from: the certificates
   * of CAs to trust. One that is not there yet is absent from what is observed.
   */
  readonly certificates?: readonly string[];
  manifests(observed: Observed): Manifest[];
  /** What no manifest can say: a role over CQL, a keyspace. Run between the waits of `when: 'before-actions'` and the others. */
  readonly actions?: readonly Action[];
  readonly waits: readonly Wait[];
}

/** How a Secret comes to be. */
export interface SecretRecipe {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly data: Readonly<Record<string, SecretValue>>;
}

export type SecretValue =
  /**
   * Given by the user in a field that `Blueprint.secretFields` names. Given anew, it
   * takes the place of what is there; a Secret without it is not made.
   */
  | { readonly from: 'given'; readonly field: string }
  | { readonly from: 'literal'; readonly value: string }
  /** Letters and digits, from a cryptographic generator. */
  | { readonly from: 'random'; readonly length: number }
  /** SHA-512 crypt of another key of the same Secret. */
  | { readonly from: 'sha512crypt'; readonly key: string }
  /** `{{key}}` stands for another key of the same Secret. */
  | { readonly from: 'template'; readonly text: string };

/** Something to do that no manifest can say. */
export interface Action {
  readonly name: string;
  /**
   * Brings the wanted state about, and may be run again at any time.
   *
   * @returns one line for the log, without anything secret
   */
  run(tools: DatabaseTools, signal: AbortSignal): Promise<string>;
}

/** A condition that must hold before the next stage begins. */
export type Wait = ObjectWait | ProbeWait;

export type WaitState =
  | {
      readonly state: 'done';
      readonly message: string;
      readonly observed?: Partial<Observed>;
    }
  /** `why`: the object's own words where it has any. */
  | { readonly state: 'waiting'; readonly why: string }
  /** Waiting longer cannot help. */
  | {
      readonly state: 'failed';
      readonly why: string;
      readonly remedy: string;
    };

interface WaitBase {
  /** Such as `Certificate orders/orders is Ready`. */
  readonly name: string;
  readonly timeoutMs: number;
  /** What to look at when it times out. */
  readonly remedy: string;
  /** `before-actions`: must hold before the stage's actions run. Default `after-actions`. */
  readonly when?: 'before-actions' | 'after-actions';
}

/** Decided by one object, on a watch. */
export interface ObjectWait extends WaitBase {
  readonly kind: 'object';
  readonly ref: ObjectRef;
  /** @param waitedMs - since this wait began: lets a wait fail early */
  evaluate(object: KubernetesObject | undefined, waitedMs: number): WaitState;
}

/** Decided by asking the database. */
export interface ProbeWait extends WaitBase {
  readonly kind: 'probe';
  readonly everyMs: number;
  probe(
    tools: DatabaseTools,
    observed: Observed,
    signal: AbortSignal,
  ): Promise<WaitState>;
}

/**
 * A change with steps of its own. Named `rotate-ca`, it is run once for each of
 * `ROTATION_STEPS`, and `spec.authorities` says what the step leaves:
 *
 * - `trust`: the next CA is made and trusted beside the one that signs;
 * - `issue`: the next one signs, both are trusted;
 * - `drop`: the former one is trusted no more.
 *
 * The manifests of its stages must be those of `Blueprint.stages` for the same
 * spec: repairing and provisioning again then agree with a rotation, whether it
 * is under way, stopped, or done.
 */
export interface Operation {
  readonly name: string;
  readonly title: string;
  /** Run one after the other, each up to its waits; the ring is looked at before each. */
  stages(platform: Platform): Stage[];
  /** Of `rotate-ca`: what a CA leaves behind once it is trusted no more; deleted in this order. */
  obsolete?(authority: number): readonly ObjectRef[];
}

/** Where to read how clients get in. */
export interface AccessRecipe {
  /** What is spoken inside TLS on {@link AccessRecipe.tlsPorts}. */
  readonly protocol: 'cql' | 'ignite';
  /**
   * tls, tcp: through a Gateway. direct: clients dial the nodes, which end TLS
   * themselves, by `inClusterHost`. none: no way in is told to anybody.
   */
  readonly exposure: 'tls' | 'tcp' | 'direct' | 'none';
  /** Absent: there is none. */
  readonly gateway?: ObjectRef;
  /** Ports that take TLS, of the Gateway or of the nodes themselves; the preferred one first. */
  readonly tlsPorts: readonly number[];
  /** Ports on which the Gateway takes plaintext. */
  readonly plaintextPorts: readonly number[];
  /** Name that clients verify. */
  readonly serverName: string;
  /** Stable host name to dial from outside; absent: the Gateway's address. */
  readonly hostname?: string;
  /** Service name to dial from inside the Kubernetes cluster. */
  readonly inClusterHost: string;
  /** Secret whose `ca.crt` clients trust: the service certificate's. */
  readonly caSecret: string;
  /** Secrets of CAs whose `tls.crt` clients trust as well: while a CA takes another's place. */
  readonly furtherCaSecrets?: readonly string[];
  /** Name of the service Certificate. */
  readonly certificate: string;
  /** Secret with `username` and `password` of the application role; absent: the database knows no logins. */
  readonly applicationRoleSecret?: string;
  /** Of a CQL ring, which drivers are told; absent for any other protocol. */
  readonly datacenter?: string;
  /** Ports of the Gateway on which the database's REST API is served over HTTPS, under the same name and CA; the preferred one first. Absent: it is not. */
  readonly restPorts?: readonly number[];
  /** Certificates that clients show to the gateway; absent: none is asked for. */
  readonly clientCertificates?: ClientCertificateRecipe;
  /** hybrid-required: clients refuse a gateway without the hybrid X25519MLKEM768. */
  readonly keyExchange?: 'hybrid-required';
  /** With routing per node: each pod, and the name by which the gateway chooses it. Absent: the gateway picks. */
  readonly nodes?: readonly NodeName[];
}

/** Who signs the certificates of clients, and where the gateway and the portal have theirs from. */
export interface ClientCertificateRecipe {
  /** optional: one that is shown must be valid. required: nobody gets in without one. */
  readonly mode: 'optional' | 'required';
  readonly issuer: {
    readonly kind: 'Issuer' | 'ClusterIssuer';
    readonly name: string;
  };
  /** Secret whose `ca.crt` the gateway verifies them by. */
  readonly caSecret: string;
  /** Secret with the certificate that the portal itself shows when it probes. */
  readonly portalSecret: string;
}

/** A node that clients reach by a name of its own. */
export interface NodeName {
  /** Of its pod. */
  readonly name: string;
  /** Sent as SNI and verified. */
  readonly serverName: string;
}

/** A line of a log that says something by itself. */
export interface LogMark {
  /** Such as `exchange-stalled`. */
  readonly name: string;
  /** Source of a regular expression that the line matches. */
  readonly line: string;
  /** Source of one of a later line that says it is over. */
  readonly endedBy?: string;
}

/** Where facts come from. */
export interface ObservationRecipe {
  /** Of the database's pods. */
  readonly podLabels: Readonly<Record<string, string>>;
  readonly container: string;
  readonly statefulSet: string;
  /** Where there are several: all of them in this Kubernetes cluster, `statefulSet` first. Absent: that one has all nodes. */
  readonly statefulSets?: readonly {
    readonly name: string;
    readonly replicas: number;
  }[];
  /** Nodes of the whole, wherever they are. */
  readonly replicas: number;
  readonly certificates: readonly {
    readonly name: string;
    readonly secret: string;
    readonly purpose: 'ca' | 'service' | 'client';
  }[];
  /** Absent: there is none. */
  readonly gateway?: ObjectRef;
  /** Kinds and versions of one name are alternatives: which it is depends on the platform. Of each name one must exist. */
  readonly routes: readonly ObjectRef[];
  readonly meshMode: 'ambient' | 'sidecar' | 'none';
  /** What the nodes form, in the words of the database; default `ring`. */
  readonly topology?: 'ring' | 'cluster';
  /** The port whose traffic must be under mTLS. */
  readonly clientPort: number;
  /** Ports on which the nodes speak to each other, which must be under mTLS too. */
  readonly ringPorts?: readonly number[];
  /** The nodes' port of the database's REST API, whose traffic must be under mTLS too. */
  readonly restPort?: number;
  /** What to look for in the nodes' logs, such as failures that are known by name. */
  readonly logMarks?: readonly LogMark[];
  /** Secret and key of GridGain's licence; absent: none is needed. */
  readonly licence?: { readonly secret: string; readonly key: string };
  /** What operators say of it, where they make the nodes. */
  readonly operator?: OperatorRecipe;
  /** Has a node read the certificates in its files anew, where it does not do so by itself at once. */
  readonly reloadCommand?: readonly string[];
  /** Prints the ring: `nodetool status`. */
  readonly ringCommand?: readonly string[];
  /** Secret with `username` and `password` of the superuser; absent: none is tried. */
  readonly superuserSecret?: string;
  /** Logins that everybody knows and that must be refused. */
  readonly publicLogins: readonly {
    readonly username: string;
    readonly password: string;
  }[];
}
