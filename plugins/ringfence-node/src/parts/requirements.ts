import type {
  Remedy,
  Requirement,
} from '@ringfence/backstage-plugin-ringfence-common';
import { servedVersions, type Platform } from '../platform';
import { chooseRoute, GATEWAY_API_INSTALL } from './routing';
import type { IssuerSpec, StorageSpec } from './spec';
import { isAtLeast, parseVersion, type Version } from './version';

/** Ambient mode is stable since this version of Istio. */
const AMBIENT_SINCE: Version = [1, 24, 0];

/** What Istio's GatewayClass names as its controller. */
const ISTIO_GATEWAY_CONTROLLER = 'istio.io/gateway-controller';

const ISTIO_AMBIENT_INSTALL = 'istioctl install --set profile=ambient';

interface Answer {
  readonly met: boolean;
  readonly message: string;
  readonly remedy?: Remedy;
}

/** A requirement of which an unmet one stops provisioning. */
function required(name: string, answer: Answer, field?: string): Requirement {
  return { name, level: 'required', ...(field && { field }), ...answer };
}

/** What a person should know; it never stops provisioning. */
export function note(
  name: string,
  answer: Answer,
  field?: string,
): Requirement {
  return { name, level: 'note', ...(field && { field }), ...answer };
}

function met(message: string): Answer {
  return { met: true, message };
}

function unmet(message: string, text: string, command?: string): Answer {
  return { met: false, message, remedy: { text, ...(command && { command }) } };
}

/** cert-manager serves Certificates and Issuers. */
export function requireCertManager(platform: Platform): Requirement {
  const missing = ['Certificate', 'Issuer'].filter(
    kind => !servedVersions(platform, 'cert-manager.io', kind).includes('v1'),
  );
  return required(
    'cert-manager',
    missing.length === 0
      ? met(`cert-manager ${platform.certManager?.version ?? ''}`.trim())
      : unmet(
          `Kubernetes cluster "${
            platform.kubernetesCluster
          }" does not serve ${missing.join(' and ')} (cert-manager.io/v1)`,
          'Install cert-manager',
          'kubectl apply -f https://github.com/cert-manager/cert-manager/releases/download/v1.21.1/cert-manager.yaml',
        ),
  );
}

/** The Gateway API is there. */
export function requireGatewayApi(platform: Platform): Requirement {
  const served = servedVersions(
    platform,
    'gateway.networking.k8s.io',
    'Gateway',
  ).includes('v1');
  const bundle = platform.gatewayApi?.bundleVersion;
  return required(
    'Gateway API',
    served
      ? met(`Gateway API ${bundle ?? ''}`.trim())
      : unmet(
          `Kubernetes cluster "${platform.kubernetesCluster}" does not serve Gateway (gateway.networking.k8s.io/v1)`,
          'Install the Gateway API',
          GATEWAY_API_INSTALL,
        ),
  );
}

/** Some route works with these versions. */
export function requireRoute(
  platform: Platform,
  { plaintext }: { plaintext: boolean },
): Requirement[] {
  const choice = chooseRoute(platform, { plaintext });
  if (!choice.works) {
    const answer = { met: false, message: choice.why, remedy: choice.remedy };
    return [
      required('Route', answer, plaintext ? 'access.exposure' : undefined),
    ];
  }
  const version = choice.type.apiVersion.split('/')[1];
  const route = required('Route', met(`${choice.type.kind} ${version}`));
  if (!choice.note) return [route];
  return [
    route,
    note('Route kind', {
      met: false,
      message: choice.note,
      remedy: {
        text: 'For clients that send no server name, bring Istio to 1.31 and the Gateway API to 1.6 or later',
        command: GATEWAY_API_INSTALL,
      },
    }),
  ];
}

/** Istio runs in ambient mode, with a ztunnel ready on some node. */
export function requireAmbientMesh(platform: Platform): Requirement[] {
  const { istio } = platform;
  const kinds = ['PeerAuthentication', 'AuthorizationPolicy'].filter(
    kind => !servedVersions(platform, 'security.istio.io', kind).includes('v1'),
  );
  if (!istio || kinds.length > 0) {
    return [
      required(
        'Istio',
        unmet(
          istio
            ? `Istio ${istio.version ?? ''} does not serve ${kinds.join(
                ' and ',
              )} (security.istio.io/v1)`
            : `Kubernetes cluster "${platform.kubernetesCluster}" has no Istio`,
          'Install Istio in ambient mode',
          ISTIO_AMBIENT_INSTALL,
        ),
      ),
    ];
  }
  return [
    required('Istio ambient mesh', ambientAnswer(istio)),
    ...ztunnelNote(istio),
  ];
}

type Istio = NonNullable<Platform['istio']>;

function ambientAnswer(istio: Istio): Answer {
  const version = parseVersion(istio.version);
  const name = `Istio ${istio.version ?? 'of unknown version'}`;
  if (version && !isAtLeast(version, AMBIENT_SINCE)) {
    return unmet(
      `${name}: ambient mode is stable since ${AMBIENT_SINCE[0]}.${AMBIENT_SINCE[1]}`,
      'Upgrade Istio',
      'istioctl upgrade --set profile=ambient',
    );
  }
  if (!istio.ambient) {
    return unmet(
      `${name} runs without ambient mode: there is no ztunnel in namespace "${istio.rootNamespace}"`,
      'Switch on ambient mode',
      ISTIO_AMBIENT_INSTALL,
    );
  }
  const { desired, ready } = istio.ambient;
  if (ready === 0) {
    return unmet(
      `ztunnel is ready on none of ${desired} nodes`,
      'Look at ztunnel',
      `kubectl get pods -n ${istio.rootNamespace} -l app=ztunnel -o wide`,
    );
  }
  if (!istio.cni) {
    return unmet(
      'istio-cni does not run: no pod would be captured by the mesh',
      'Install istio-cni',
      ISTIO_AMBIENT_INSTALL,
    );
  }
  return met(`${name}, ztunnel ready on ${ready} of ${desired} nodes`);
}

function ztunnelNote({ ambient, rootNamespace }: Istio): Requirement[] {
  if (!ambient || ambient.ready === 0 || ambient.ready >= ambient.desired) {
    return [];
  }
  const { desired, ready } = ambient;
  return [
    note(
      'ztunnel on every node',
      unmet(
        `ztunnel is ready on ${ready} of ${desired} nodes: pods on the others have no network`,
        'Look at ztunnel',
        `kubectl get pods -n ${rootNamespace} -l app=ztunnel -o wide`,
      ),
    ),
  ];
}

/** The GatewayClass is allowed, there, accepted and Istio's. */
export function requireGatewayClass(
  name: string,
  platform: Platform,
): Requirement {
  return required(
    'GatewayClass',
    gatewayClassAnswer(name, platform),
    'access.gatewayClass',
  );
}

function gatewayClassAnswer(name: string, platform: Platform): Answer {
  const { gatewayClasses, defaults } = platform;
  const allowed = defaults.gatewayClasses;
  if (allowed && !allowed.includes(name)) {
    return notAllowed('GatewayClass', name, allowed, platform);
  }
  const found = gatewayClasses.find(candidate => candidate.name === name);
  if (!found) {
    return unmet(
      `GatewayClass "${name}" not found; there are: ${list(
        gatewayClasses.map(candidate => candidate.name),
      )}`,
      'Choose one of these, or install Istio, which makes GatewayClass "istio"',
      'kubectl get gatewayclass',
    );
  }
  if (found.controllerName !== ISTIO_GATEWAY_CONTROLLER) {
    return unmet(
      `GatewayClass "${name}" is run by ${found.controllerName}, which has no identity in the mesh`,
      `Choose a GatewayClass of ${ISTIO_GATEWAY_CONTROLLER}`,
      'kubectl get gatewayclass',
    );
  }
  return found.accepted
    ? met(`GatewayClass "${name}" is accepted`)
    : unmet(
        `GatewayClass "${name}" is not accepted`,
        'Look at its conditions',
        `kubectl describe gatewayclass ${name}`,
      );
}

/** The StorageClass that a spec comes to: its own, the portal's preset, or none for the default. */
export function storageClassName(
  storage: StorageSpec,
  platform: Platform,
): string | undefined {
  return storage.className ?? platform.defaults.storageClasses?.[0];
}

/**
 * The StorageClass is allowed and there, and gives XFS where asked for. A
 * class that does not say its file system leaves a note.
 */
export function requireStorageClass(
  storage: StorageSpec,
  platform: Platform,
  { xfs }: { xfs: boolean },
): Requirement[] {
  const field = 'storage.className';
  const allowed = platform.defaults.storageClasses;
  const name = storageClassName(storage, platform);
  if (name && allowed && !allowed.includes(name)) {
    const answer = notAllowed('StorageClass', name, allowed, platform);
    return [required('StorageClass', answer, field)];
  }
  const found = platform.storageClasses.find(candidate =>
    name ? candidate.name === name : candidate.default,
  );
  if (!found) {
    return [required('StorageClass', noStorageClass(name, platform), field)];
  }
  const exists = met(`StorageClass "${found.name}"`);
  if (!xfs || found.fsType === 'xfs') {
    return [required('StorageClass', exists, field)];
  }
  if (found.fsType) {
    return [required('StorageClass', notXfs(found.name, found.fsType), field)];
  }
  return [
    required('StorageClass', exists, field),
    note('XFS', unknownFileSystem(found.name), field),
  ];
}

function noStorageClass(name: string | undefined, platform: Platform): Answer {
  const names = platform.storageClasses.map(candidate => candidate.name);
  return unmet(
    name
      ? `StorageClass "${name}" not found; there are: ${list(names)}`
      : 'There is no default StorageClass',
    `Choose one of: ${list(names)}`,
    'kubectl get storageclass',
  );
}

function notXfs(name: string, fsType: string): Answer {
  return unmet(
    `StorageClass "${name}" makes ${fsType} volumes; ScyllaDB in production needs XFS`,
    'Choose a StorageClass with parameter csi.storage.k8s.io/fstype: xfs, or profile dev',
    'kubectl get storageclass -o custom-columns=NAME:.metadata.name,FS:.parameters.csi\\.storage\\.k8s\\.io/fstype',
  );
}

function unknownFileSystem(name: string): Answer {
  return unmet(
    `StorageClass "${name}" does not say which file system its volumes have; ScyllaDB in production needs XFS`,
    'Make sure that it is XFS',
    `kubectl get storageclass ${name} -o yaml`,
  );
}

/** The issuer is allowed, and where it can be seen there and ready. */
export function requireIssuer(
  issuer: IssuerSpec,
  namespace: string,
  platform: Platform,
): Requirement[] {
  if (issuer.kind === 'self-signed') return [];
  const field = 'certificate.issuer';
  const { kind, name } = issuer;
  const allowed = platform.defaults.issuers;
  if (allowed && !allowed.some(i => i.kind === kind && i.name === name)) {
    const texts = allowed.map(i => `${i.kind} ${i.name}`);
    const answer = notAllowed(kind, name, texts, platform);
    return [required('Issuer', answer, field)];
  }
  if (kind === 'ClusterIssuer') {
    return [required('Issuer', clusterIssuerAnswer(name, platform), field)];
  }
  return [
    note(
      'Issuer',
      unmet(
        `Issuer "${namespace}/${name}" must be made while the database waits for its certificate: the namespace does not exist before`,
        'Apply it when the certificate is awaited',
        `kubectl get issuer ${name} -n ${namespace}`,
      ),
      field,
    ),
  ];
}

function clusterIssuerAnswer(name: string, platform: Platform): Answer {
  const { clusterIssuers } = platform;
  const found = clusterIssuers.find(candidate => candidate.name === name);
  if (!found) {
    return unmet(
      `ClusterIssuer "${name}" not found; there are: ${list(
        clusterIssuers.map(candidate => candidate.name),
      )}`,
      'Choose one of these, or issuer self-signed',
      'kubectl get clusterissuer',
    );
  }
  return found.ready
    ? met(`ClusterIssuer "${name}" is ready`)
    : unmet(
        `ClusterIssuer "${name}" is not ready`,
        'Look at its conditions',
        `kubectl describe clusterissuer ${name}`,
      );
}

/** Each pod of the ring finds a node of its own; nodes may still be added while it waits. */
export function noteNodes(replicas: number, platform: Platform): Requirement {
  const ready = platform.nodes.filter(node => node.ready).length;
  return note(
    'Nodes',
    ready >= replicas
      ? met(`${ready} nodes for ${replicas} replicas`)
      : unmet(
          `${replicas} replicas on ${ready} ready nodes: some share a node and are lost together, or wait for one`,
          'Add nodes, or ask for fewer replicas',
          'kubectl get nodes',
        ),
    'replicas',
  );
}

function notAllowed(
  kind: string,
  name: string,
  allowed: readonly string[],
  platform: Platform,
): Answer {
  return unmet(
    `${kind} "${name}" is not among those that the portal allows in Kubernetes cluster "${
      platform.kubernetesCluster
    }": ${list(allowed)}`,
    `Choose one of: ${list(allowed)}`,
  );
}

function list(names: readonly string[]): string {
  return names.length > 0 ? names.join(', ') : 'none';
}
