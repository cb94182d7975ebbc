import type { KubernetesObject } from '@ringfence/backstage-plugin-ringfence-node';
import type { ClientValidation } from '@ringfence/data-plane';
import type { ControllerCluster } from '../context';

/** Istio's own way, which also decides the mode where the Gateway API's validation gives the CA. */
const TERMINATE_MODE = 'gateway.istio.io/tls-terminate-mode';
/** Keys of a Secret or ConfigMap in which istiod looks for a CA, in this order. */
const CA_KEYS = ['cacert', 'ca.crt'];

/** What a listener asks of clients, or why its CA cannot be used. */
export type ClientsAnswer =
  | { readonly clients?: ClientValidation }
  | { readonly problem: string };

/** Whom a TLS listener lets in, as istiod reads it from a Gateway. */
export async function clientValidation(
  kubernetes: Pick<ControllerCluster, 'get'>,
  gateway: KubernetesObject,
  listener: { port: number; tls?: any },
): Promise<ClientsAnswer> {
  const { namespace } = gateway.metadata;
  const mode = listener.tls?.options?.[TERMINATE_MODE];
  const validation = frontendOf(gateway, listener.port)?.validation;
  const [ref] = validation?.caCertificateRefs ?? [];
  if (!ref && mode !== 'MUTUAL' && mode !== 'OPTIONAL_MUTUAL') return {};
  const secretName: string = listener.tls?.certificateRefs?.[0]?.name ?? '';
  const caPem = ref
    ? await caOf(kubernetes, { kind: ref.kind, namespace, name: ref.name })
    : (await caOf(kubernetes, secret(namespace, `${secretName}-cacert`))) ??
      (await caOf(kubernetes, secret(namespace, secretName)));
  if (!caPem) {
    const name = ref?.name ?? `${secretName}-cacert`;
    return {
      problem: `invalid CA certificate reference, secret ${namespace}/${name} not found`,
    };
  }
  const optional = mode
    ? mode === 'OPTIONAL_MUTUAL'
    : validation?.mode === 'AllowInsecureFallback';
  return { clients: { caPem, required: !optional } };
}

function frontendOf(gateway: KubernetesObject, port: number) {
  const frontend = gateway.spec.tls?.frontend;
  const own = frontend?.perPort?.find((it: any) => it.port === port);
  return own ? own.tls : frontend?.default;
}

function secret(namespace: string | undefined, name: string) {
  return { kind: 'Secret', namespace, name };
}

async function caOf(
  kubernetes: Pick<ControllerCluster, 'get'>,
  ref: { kind: string; namespace?: string; name: string },
): Promise<string | undefined> {
  const found = await kubernetes.get({ apiVersion: 'v1', ...ref });
  const key = CA_KEYS.find(candidate => found?.data?.[candidate]);
  if (!key) return undefined;
  const value: string = found!.data[key];
  return ref.kind === 'Secret'
    ? Buffer.from(value, 'base64').toString('utf8')
    : value;
}
