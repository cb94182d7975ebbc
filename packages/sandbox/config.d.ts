export interface Config {
  ringfence?: {
    /** The Kubernetes cluster in memory that the demo portal runs against. */
    sandbox?: {
      /**
       * Whether it is there.
       * @default true
       */
      enabled?: boolean;
      /**
       * What a new database runs on: a real Cassandra ring where the machine
       * can run one, or always a stub that answers logins and stores nothing.
       * @default cassandra
       */
      ring?: 'cassandra' | 'stub';
      /**
       * Whether it begins with two databases, a healthy one and one whose
       * certificate is about to expire.
       * @default true
       */
      prepared?: boolean;
      /**
       * Whether whoever is signed in may change its objects past Ringfence, with
       * `POST /api/ringfence/sandbox/objects`, to see what is noticed.
       * @default false
       */
      edits?: boolean;
    };
  };
}
