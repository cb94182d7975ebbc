import type { ServedApi } from './kubernetes';

/** What one Kubernetes cluster can do: discovered, never assumed. */
export interface Platform {
  readonly kubernetesCluster: string;
  readonly simulated?: string;
  /** Such as `v1.36.3`. */
  readonly kubernetesVersion: string;
  readonly apis: readonly ServedApi[];
  readonly gatewayApi?: {
    /** Annotation `gateway.networking.k8s.io/bundle-version` of the CRDs, such as `v1.6.0`. */
    readonly bundleVersion?: string;
    /** Annotation `gateway.networking.k8s.io/channel`. */
    readonly channel?: 'standard' | 'experimental';
  };
  readonly certManager?: { readonly version?: string };
  readonly istio?: {
    /** Tag of istiod's image, such as `1.31.1`. */
    readonly version?: string;
    /** Namespace of istiod and ztunnel, and where mesh-wide policies are. */
    readonly rootNamespace: string;
    readonly trustDomain: string;
    /** From istiod's environment: `PILOT_ENABLE_ALPHA_GATEWAY_API`. */
    readonly alphaGatewayApi: boolean;
    /** Absent where ztunnel does not run. */
    readonly ambient?: { readonly desired: number; readonly ready: number };
    readonly cni: boolean;
  };
  readonly gatewayClasses: readonly GatewayClassInfo[];
  readonly storageClasses: readonly StorageClassInfo[];
  readonly clusterIssuers: readonly {
    readonly name: string;
    readonly ready: boolean;
  }[];
  readonly nodes: readonly { readonly name: string; readonly ready: boolean }[];
  /** What the portal's configuration presets or allows here. */
  readonly defaults: PlatformDefaults;
  /** What Ringfence may not read here, as `clusterissuers: <the server's words>`; that part is empty above. */
  readonly unreadable?: readonly string[];
}

export interface GatewayClassInfo {
  readonly name: string;
  readonly controllerName: string;
  readonly accepted: boolean;
}

export interface StorageClassInfo {
  readonly name: string;
  readonly default: boolean;
  readonly provisioner: string;
  /** Parameter `csi.storage.k8s.io/fstype` or `fsType`; absent where not said. */
  readonly fsType?: string;
}

/**
 * `ringfence.kubernetesClusters[].defaults`: what is allowed. The first
 * StorageClass is the preset.
 */
export interface PlatformDefaults {
  readonly storageClasses?: readonly string[];
  readonly issuers?: readonly {
    readonly kind: 'Issuer' | 'ClusterIssuer';
    readonly name: string;
  }[];
  readonly gatewayClasses?: readonly string[];
  /** Host names of gateways must be under it; `<name>.<dnsSuffix>` is proposed. */
  readonly dnsSuffix?: string;
  /** Namespace in which plans of databases that do not exist yet are checked by server-side dry run. */
  readonly scratchNamespace?: string;
}

/** The served versions of a kind, as the API server orders them. */
export function servedVersions(
  platform: Pick<Platform, 'apis'>,
  group: string,
  kind: string,
): string[] {
  return platform.apis
    .filter(api => api.group === group && api.kind === kind)
    .map(api => api.version);
}
