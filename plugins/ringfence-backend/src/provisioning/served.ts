import { X509Certificate } from 'node:crypto';
import {
  noTrustAnchor,
  trustAnchor,
  type AccessRecipe,
  type DatabaseTools,
  type GatewayAddress,
  type Handshake,
  type ObservationRecipe,
  type ProbeWait,
  type WaitState,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { Run } from './Run';
import { waitFor } from './waits';

/** A gateway learns of a new certificate within seconds; the files of a pod may take two minutes. */
const SERVED_WITHIN_MS = 4 * 60_000;

/** Which nodes show certificates themselves. */
export type ServingNodes = Pick<
  ObservationRecipe,
  'podLabels' | 'container' | 'reloadCommand'
>;

/** Waits until every TLS port, of the gateway or of each node, shows the certificate that is in the Secret. */
export async function waitForServed(
  run: Run,
  access: AccessRecipe,
  nodes: ServingNodes,
  secret: string,
): Promise<void> {
  if (access.exposure === 'direct') {
    await waitForNodes(run, access, nodes, secret);
    return;
  }
  const gateway = access.gateway && (await run.kubernetes.get(access.gateway));
  const addresses: GatewayAddress[] = gateway?.status?.addresses ?? [];
  run.observed = { ...run.observed, gatewayAddresses: addresses };
  for (const port of access.tlsPorts) {
    await waitFor(run, servedOn(port, access, secret));
  }
}

async function waitForNodes(
  run: Run,
  access: AccessRecipe,
  { podLabels, container, reloadCommand }: ServingNodes,
  secret: string,
): Promise<void> {
  const pods = await run.kubernetes.list({
    apiVersion: 'v1',
    kind: 'Pod',
    namespace: run.ref.namespace,
    labels: podLabels,
  });
  const [port] = access.tlsPorts;
  for (const pod of pods.map(({ metadata }) => metadata.name).sort()) {
    await waitFor(run, {
      kind: 'probe',
      name: `The new certificate is served by pod "${pod}"`,
      timeoutMs: SERVED_WITHIN_MS,
      everyMs: 3000,
      remedy: `Has the kubelet brought the new files? kubectl exec -n ${
        run.ref.namespace
      } ${pod} -c ${container} -- ${(reloadCommand ?? ['ls', '/mnt']).join(
        ' ',
      )}`,
      async probe(tools, _, signal) {
        const { serverName } = access;
        const look = async () => {
          const { leafPem, caPem } = await readSecret(tools, secret);
          const target = { pod, host: pod, port, serverName, caPem, signal };
          return judge(await tools.handshake(target), leafPem);
        };
        const seen = await look();
        if (seen.state === 'done' || !reloadCommand) return seen;
        // Until the kubelet has brought the new files there is nothing new to read.
        await tools.exec({ pod, container }, reloadCommand);
        return look();
      },
    });
  }
}

function judge(seen: Handshake, leafPem: string): WaitState {
  if (!isSame(seen.certificatePem, leafPem)) {
    return { state: 'waiting', why: 'it still shows the one before' };
  }
  if (!seen.verified) {
    const why = seen.verificationError ?? 'it does not verify';
    return { state: 'waiting', why };
  }
  return { state: 'done', message: `${seen.protocol}, verified` };
}

function servedOn(
  port: number,
  { serverName }: AccessRecipe,
  secret: string,
): ProbeWait {
  return {
    kind: 'probe',
    name: `The new certificate is served on port ${port}`,
    timeoutMs: SERVED_WITHIN_MS,
    everyMs: 1000,
    remedy: `Can the portal reach the gateway's address? Try from where it runs: openssl s_client -connect <address>:${port} -servername ${serverName}`,
    async probe(tools, { gatewayAddresses: [address] }, signal) {
      if (!address) {
        return { state: 'waiting', why: 'The gateway has no address' };
      }
      try {
        const { leafPem, caPem } = await readSecret(tools, secret);
        const host = address.value;
        const target = { host, port, serverName, caPem, signal };
        return judge(await tools.handshake(target), leafPem);
      } catch (error) {
        return { state: 'waiting', why: (error as Error).message };
      }
    },
  };
}

async function readSecret(tools: DatabaseTools, name: string) {
  const { 'ca.crt': ca, 'tls.crt': chain } = await tools.secret(name);
  const certificatePem = chain?.reveal() ?? '';
  const caPem = trustAnchor({ certificatePem, caPem: ca?.reveal() });
  if (!caPem) throw new Error(noTrustAnchor(`Secret "${name}"`));
  return { leafPem: certificatePem, caPem };
}

/** Each text's first certificate, which is the leaf. */
function isSame(a: string, b: string): boolean {
  return (
    new X509Certificate(a).fingerprint256 ===
    new X509Certificate(b).fingerprint256
  );
}
