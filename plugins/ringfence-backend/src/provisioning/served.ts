import { X509Certificate } from 'node:crypto';
import {
  noTrustAnchor,
  trustAnchor,
  type AccessRecipe,
  type DatabaseTools,
  type GatewayAddress,
  type ProbeWait,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { Run } from './Run';
import { waitFor } from './waits';

/** A gateway learns of a new certificate within seconds; its kubelet may not. */
const SERVED_WITHIN_MS = 2 * 60_000;

/** Waits until every TLS port of the gateway shows the certificate that is in the Secret. */
export async function waitForServed(
  run: Run,
  access: AccessRecipe,
  secret: string,
): Promise<void> {
  const gateway = access.gateway && (await run.kubernetes.get(access.gateway));
  const addresses: GatewayAddress[] = gateway?.status?.addresses ?? [];
  run.observed = { ...run.observed, gatewayAddresses: addresses };
  for (const port of access.tlsPorts) {
    await waitFor(run, servedOn(port, access, secret));
  }
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
        const seen = await tools.handshake(target);
        if (!isSame(seen.certificatePem, leafPem)) {
          return { state: 'waiting', why: 'it still shows the one before' };
        }
        if (!seen.verified) {
          const why = seen.verificationError ?? 'it does not verify';
          return { state: 'waiting', why };
        }
        return { state: 'done', message: `${seen.protocol}, verified` };
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
