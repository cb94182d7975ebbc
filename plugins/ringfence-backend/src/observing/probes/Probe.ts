import type {
  AccessRecipe,
  CertificateFacts,
  DatabaseTools,
  KubernetesCluster,
  KubernetesObject,
  ObservationRecipe,
  PodTls,
  Via,
} from '@ringfence/backstage-plugin-ringfence-node';
import { isPodReady } from '../../checks/objects';
import type { ObjectDrift } from '../../drift';
import type { ObjectFacts } from '../objectFacts';
import type { Prometheus } from '../telemetry/Prometheus';
import type { ProxyMetrics } from '../telemetry/ProxyMetrics';

/** What a probe has to go on. */
export interface ProbeContext {
  readonly namespace: string;
  readonly access: AccessRecipe;
  readonly observation: ObservationRecipe;
  readonly objects: ObjectFacts;
  readonly certificates: readonly CertificateFacts[];
  readonly kubernetes: KubernetesCluster;
  readonly tools: DatabaseTools;
  readonly metrics: ProxyMetrics;
  /** Asked instead of the proxies themselves. */
  readonly prometheus?: Pick<Prometheus, 'read'>;
  /** Compares the objects with the manifests of the stored spec; absent: nobody can. */
  readonly readDrift?: () => Promise<readonly ObjectDrift[]>;
  /** Whether somebody waits for answers that are new. */
  readonly refresh: boolean;
}

/**
 * Where to dial the gateway. Its own address rather than the host name that
 * clients use: a name may be new in DNS, or lead past this gateway.
 *
 * @throws Error where it has no address
 */
export function gatewayHost({ access, objects }: ProbeContext): string {
  if (access.exposure === 'none') {
    throw new Error('the database is not exposed (access.exposure: none)');
  }
  if (access.exposure === 'direct') {
    throw new Error('clients dial the nodes themselves');
  }
  if (!objects.gatewayAddresses.known) {
    throw new Error(objects.gatewayAddresses.why);
  }
  const [address] = objects.gatewayAddresses.value;
  if (!address) {
    throw new Error(`Gateway "${access.gateway?.name}" has no address yet`);
  }
  return address.value;
}

/** The preferred TLS port of the gateway. */
export function tlsPort({ access }: ProbeContext): number {
  return access.tlsPorts[0];
}

/**
 * The way in for a login: as clients come, or to a pod where there is no way from outside.
 *
 * @throws Error where there is neither
 */
export function viaClients(context: ProbeContext): Via {
  const { access, observation } = context;
  if (access.exposure === 'none' || access.exposure === 'direct') {
    const [pod] = podsToAsk(context);
    const way = { pod: pod.metadata.name, port: observation.clientPort };
    return access.exposure === 'none' ? way : { ...way, tls: podTls(access) };
  }
  return {
    host: gatewayHost(context),
    port: tlsPort(context),
    serverName: access.serverName,
    caSecret: access.caSecret,
    ...(access.clientCertificates && {
      clientSecret: access.clientCertificates.portalSecret,
    }),
  };
}

/** How the nodes' own TLS is spoken: with the portal's own certificate, where one is asked for. */
function podTls(access: AccessRecipe): PodTls {
  const { serverName, caSecret, furtherCaSecrets } = access;
  return {
    ...{ serverName, caSecret, furtherCaSecrets },
    clientSecret: access.clientCertificates?.portalSecret,
  };
}

/**
 * The database's pods, ready ones first.
 *
 * @throws Error where there is none or they cannot be read
 */
export function podsToAsk({ objects }: ProbeContext): KubernetesObject[] {
  if (!objects.pods.known) throw new Error(objects.pods.why);
  const ready = objects.pods.value.filter(isPodReady);
  const others = objects.pods.value.filter(pod => !isPodReady(pod));
  if (ready.length + others.length === 0) {
    throw new Error('the database has no pods');
  }
  return [...ready, ...others];
}
