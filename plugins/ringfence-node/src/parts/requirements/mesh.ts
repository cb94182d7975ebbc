import type {
  Remedy,
  Requirement,
} from '@ringfence/backstage-plugin-ringfence-common';
import { servedVersions, type Platform } from '../../platform';
import { isAtLeast, parseVersion, type Version } from '../version';
import { met, note, required, unmet, type Answer } from './answers';

/** Ambient mode is stable since this version of Istio. */
const AMBIENT_SINCE: Version = [1, 24, 0];

const ISTIO_AMBIENT_INSTALL = 'istioctl install --set profile=ambient';
const ISTIO_CNI_INSTALL = 'istioctl install --set components.cni.enabled=true';

/** Istio runs in ambient mode, with a ztunnel ready on some node. */
export function requireAmbientMesh(platform: Platform): Requirement[] {
  return requireIstio(
    platform,
    { text: 'Install Istio in ambient mode', command: ISTIO_AMBIENT_INSTALL },
    istio => [
      required('Istio ambient mesh', ambientAnswer(istio)),
      ...ztunnelNote(istio),
    ],
  );
}

/**
 * Istio injects sidecars, whose traffic istio-cni captures: without it an
 * injected init container would, with rights that no level of Pod Security but
 * `privileged` gives.
 */
export function requireSidecarMesh(platform: Platform): Requirement[] {
  return requireIstio(
    platform,
    { text: 'Install Istio with istio-cni', command: ISTIO_CNI_INSTALL },
    istio => [required('Istio sidecars', sidecarAnswer(istio))],
  );
}

function requireIstio(
  platform: Platform,
  install: Required<Remedy>,
  inMode: (istio: Istio) => Requirement[],
): Requirement[] {
  const { istio } = platform;
  const kinds = ['PeerAuthentication', 'AuthorizationPolicy'].filter(
    kind => !servedVersions(platform, 'security.istio.io', kind).includes('v1'),
  );
  if (istio && kinds.length === 0) return inMode(istio);
  const message = istio
    ? `Istio ${istio.version ?? ''} does not serve ${kinds.join(
        ' and ',
      )} (security.istio.io/v1)`
    : `Kubernetes cluster "${platform.kubernetesCluster}" has no Istio`;
  return [required('Istio', unmet(message, install.text, install.command))];
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

function sidecarAnswer(istio: Istio): Answer {
  const name = `Istio ${istio.version ?? 'of unknown version'}`;
  return istio.cni
    ? met(`${name}, istio-cni captures the traffic of sidecars`)
    : unmet(
        `${name} runs without istio-cni: its istio-init container needs NET_ADMIN, so Pod Security "restricted" would refuse every pod`,
        'Install istio-cni',
        ISTIO_CNI_INSTALL,
      );
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
