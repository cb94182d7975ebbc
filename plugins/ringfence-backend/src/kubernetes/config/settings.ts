import type { PlatformDefaults } from '@ringfence/backstage-plugin-ringfence-node';

/** How to reach an API server, and as whom. */
export type ApiServerSettings =
  | {
      readonly from: 'kubeconfig';
      readonly file: string;
      /** Absent: the current one. */
      readonly context?: string;
    }
  /** The service account of the pod that the portal runs in. */
  | { readonly from: 'inCluster' }
  | {
      readonly from: 'url';
      readonly url: string;
      /** CA certificates, base64 of PEM. Without either: the public authorities. */
      readonly caData?: string;
      readonly caFile?: string;
      readonly credentials:
        | { readonly tokenFile: string }
        /** A function, so that no print of the settings shows it. */
        | { readonly token: () => string };
    };

/** A Kubernetes cluster that the configuration names. */
export interface KubernetesClusterSettings {
  readonly name: string;
  readonly apiServer: ApiServerSettings;
  readonly defaults: PlatformDefaults;
}
