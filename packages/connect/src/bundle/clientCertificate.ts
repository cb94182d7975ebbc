import type { Connection } from '@ringfence/connection';
import type { ClientCertificate } from '@ringfence/connection/dial';
import { createSecureContext } from 'node:tls';
import { ConnectError } from '../ConnectError';

/**
 * The certificate that a bundle was made with, where it was.
 *
 * @param read - the text of one of its files
 * @throws ConnectError where the files are missing or do not belong together
 */
export async function readClientCertificate(
  { tls }: Connection,
  source: string,
  read: (path: string) => Promise<string>,
): Promise<ClientCertificate | undefined> {
  if (!tls.clientCertificate) return undefined;
  const { certificateFile, keyFile } = tls.clientCertificate;
  const certificatePem = await read(certificateFile);
  const keyPem = await read(keyFile);
  try {
    createSecureContext({ cert: certificatePem, key: keyPem });
  } catch {
    // Without the words of OpenSSL, which say nothing to people.
    throw new ConnectError(
      'Bundle',
      `Bundle "${source}" does not fit together: ${certificateFile} and ${keyFile} are not a certificate and its key`,
      'Download the bundle again: its files are of different bundles, or were changed',
    );
  }
  return { certificatePem, keyPem };
}

/**
 * Makes sure that a gateway may take the certificate.
 *
 * @throws ConnectError where it has expired
 */
export function requireCurrent(
  { connection }: { readonly connection: Connection },
  now = new Date(),
): void {
  const certificate = connection.tls.clientCertificate;
  if (!certificate || new Date(certificate.notAfter) > now) return;
  throw new ConnectError(
    'Bundle',
    `The client certificate of team "${certificate.team}" expired on ${certificate.notAfter}`,
    certificate.renewUrl
      ? 'Have it renewed: ringfence-connect renew <bundle>'
      : 'Download the bundle with the client certificate again',
  );
}
