export interface Config {
  /** Ringfence: fenced databases on Kubernetes. */
  ringfence?: {
    /**
     * Entity refs of users and groups who may act on every database, besides
     * its owners: `group:default/platform`.
     * @visibility backend
     */
    admins?: string[];

    /**
     * Notifications to owners, through the portal's notifications plugin: when a
     * check turns failing, when a certificate will expire because its renewal is
     * overdue (30, 14, 7 and 1 days before), and when that is over.
     */
    notifications?: {
      /**
       * Whether to send them. Default: true.
       * @visibility backend
       */
      enabled?: boolean;
    };

    /**
     * Where Istio's telemetry is collected. With it Prometheus is asked what
     * traffic reached a database; without, proxies are asked themselves.
     */
    prometheus?: {
      /**
       * `https://prometheus.example.com`, with its path if it has one.
       * @visibility backend
       */
      url: string;
      /**
       * Label whose value is the name of the Kubernetes cluster, where it
       * collects from several.
       * @visibility backend
       */
      clusterLabel?: string;
    };

    /**
     * Kubernetes clusters that databases can be created in. Those of the
     * portal's own `kubernetes.clusterLocatorMethods` of type `config` that use
     * a service account are there without being named again.
     *
     * Each has exactly one of `kubeconfig`, `inCluster` and `url`. TLS is
     * always verified.
     */
    kubernetesClusters?: Array<{
      /**
       * As specs and addresses of databases name it. Cannot change later.
       * @visibility backend
       */
      name: string;
      /**
       * For people.
       * @visibility backend
       */
      title?: string;
      /** A kubeconfig file, read again every minute. */
      kubeconfig?: {
        /**
         * Path of the file.
         * @visibility backend
         */
        file: string;
        /**
         * Context to use. Default: the file's current one.
         * @visibility backend
         */
        context?: string;
      };
      /**
       * Use the service account of the pod that the portal runs in.
       * @visibility backend
       */
      inCluster?: boolean;
      /**
       * https URL of the API server, with `tokenFile` and one of `caFile` and
       * `caData`.
       * @visibility backend
       */
      url?: string;
      /**
       * Path of the CA certificates that signed the API server's, in PEM.
       * @visibility backend
       */
      caFile?: string;
      /**
       * The same as base64, as `certificate-authority-data` of a kubeconfig.
       * @visibility backend
       */
      caData?: string;
      /**
       * Path of a file with a service account's token, read at each use.
       * @visibility backend
       */
      tokenFile?: string;
      /** What is allowed here; the first entry of a list is the preset. */
      defaults?: {
        /** @visibility backend */
        storageClasses?: string[];
        issuers?: Array<{
          /** @visibility backend */
          kind: 'Issuer' | 'ClusterIssuer';
          /** @visibility backend */
          name: string;
        }>;
        /** @visibility backend */
        gatewayClasses?: string[];
        /**
         * Host names of gateways must be under it; `<name>.<dnsSuffix>` is
         * proposed.
         * @visibility backend
         */
        dnsSuffix?: string;
      };
      /**
       * A namespace in which plans of databases that do not exist yet are
       * checked by server-side dry run.
       * @visibility backend
       */
      scratchNamespace?: string;
    }>;
  };
}
