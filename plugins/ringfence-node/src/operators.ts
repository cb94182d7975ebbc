import type { Fact } from './facts';
import type { KubernetesObject, ObjectRef } from './kubernetes';

/** Where to read what operators say of a database, and the stores that they hand to its nodes. */
export interface OperatorRecipe {
  readonly objects: readonly ObjectRef[];
  /** The stores that those objects name; passwords in them are masked. */
  stores(objects: readonly KubernetesObject[]): readonly StoreRef[];
}

/** One key of one Secret. */
export interface SecretKeyRef {
  readonly secret: string;
  readonly key: string;
}

/** A store that an operator's object names. */
export interface StoreRef extends SecretKeyRef {
  /** Such as `keystore of clients`. */
  readonly what: string;
  /** Stores of one side belong together: its truststore is to trust its keystore. */
  readonly side: string;
  /** keystore, truststore: in JKS or PKCS #12. file: anything that is only to be there. */
  readonly is: 'keystore' | 'truststore' | 'file';
  /** What opens it; absent of a file. */
  readonly password?: SecretKeyRef;
}

/** What a store that is named turned out to be; never its password or its key. */
export interface NamedStoreFacts {
  readonly ref: StoreRef;
  /** open: also of a file that is there. closed: it does not open with its password. */
  readonly state: 'open' | 'closed' | 'no secret' | 'no key' | 'no password';
  /** Certificates in it in PEM, a keystore's leaf first; none unless it is open. */
  readonly certificatesPem: string;
  /** Whether it holds a private key. */
  readonly hasKey: boolean;
  /** When the Secret's key was last written; absent: nobody says. */
  readonly writtenAt?: Date;
}

/** What operators say of a database, and what they hand to its nodes. */
export interface OperatorFacts {
  /** Those that exist; passwords that operators copy into them are masked. */
  readonly objects: Fact<readonly KubernetesObject[]>;
  readonly stores: Fact<readonly NamedStoreFacts[]>;
}
