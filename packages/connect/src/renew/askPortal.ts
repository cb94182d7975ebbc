import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { ConnectError } from '../ConnectError';

/** An issuer may take its time. */
const TIMEOUT_MS = 120_000;
/** Many times what a certificate and its key have. */
const MAX_BYTES = 256 * 1024;
/** Of an error's own words, in characters. */
const MAX_MESSAGE = 500;

/** A certificate as the portal answers it. */
export interface RenewedCertificate {
  readonly certificatePem: string;
  readonly keyPem: string;
  /** PKCS #12 with both. */
  readonly keystore?: Buffer;
}

export interface PortalQuestion {
  readonly url: string;
  readonly team: string;
  /** Secret. */
  readonly token: string;
  /** To trust instead of the authorities that Node knows, in PEM. */
  readonly caPem?: string;
}

/**
 * Asks the portal for a team's next certificate. Its TLS is verified, and no
 * redirection is followed: the token is for this place alone.
 *
 * @throws ConnectError with what to do
 */
export async function askPortal(
  question: PortalQuestion,
): Promise<RenewedCertificate> {
  const { status, body } = await post(urlOf(question), question);
  if (status === 200) return parse(body, question.url);
  throw refused(status, body, question);
}

function urlOf({ url }: PortalQuestion): URL {
  const parsed = new URL(url);
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(
    parsed.hostname,
  );
  if (parsed.protocol === 'https:') return parsed;
  if (parsed.protocol === 'http:' && isLoopback) return parsed;
  throw new ConnectError(
    'Usage',
    `The portal at "${url}" is not reached by TLS, so token and key would be readable on the way`,
    'Have the portal served by HTTPS, and download the bundle again',
  );
}

function post(
  url: URL,
  { team, token, caPem }: PortalQuestion,
): Promise<{ status: number; body: string }> {
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  const text = JSON.stringify({ team });
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(unreachable(url, error));
    const asked = send(
      url,
      {
        method: 'POST',
        // No connection that lives on, with the token in its memory.
        agent: false,
        timeout: TIMEOUT_MS,
        minVersion: 'TLSv1.2',
        // Whatever NODE_TLS_REJECT_UNAUTHORIZED says.
        rejectUnauthorized: true,
        ...(caPem && { ca: caPem }),
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
        },
      },
      response => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          chunks.push(chunk);
          if (bytes > MAX_BYTES) {
            asked.destroy(new Error('its answer is far too long'));
          }
        });
        response.on('error', fail);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    asked.on('timeout', () =>
      asked.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)),
    );
    asked.on('error', fail);
    asked.end(text);
  });
}

function unreachable({ origin }: URL, error: NodeJS.ErrnoException) {
  const isTrust = /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(error.code ?? '');
  return new ConnectError(
    isTrust ? 'Unverified' : 'Unreachable',
    `The portal at ${origin} was not asked: ${error.message}`,
    isTrust
      ? 'Give the CA of the portal with --portal-ca-file or PORTAL_CA_FILE'
      : 'Check that the portal runs, and that it can be reached from here',
    error,
  );
}

function parse(body: string, url: string): RenewedCertificate {
  try {
    const { certificatePem, keyPem, keystore } = JSON.parse(body);
    if (typeof certificatePem === 'string' && typeof keyPem === 'string') {
      return {
        ...{ certificatePem, keyPem },
        ...(typeof keystore === 'string' && {
          keystore: Buffer.from(keystore, 'base64'),
        }),
      };
    }
  } catch {
    // Said below, without what it was: it may hold a key.
  }
  throw new ConnectError(
    'Unexpected',
    `What answers at ${url} is no portal with Ringfence: it sent no certificate`,
    'Check the address in tls.clientCertificate.renewUrl of connection.json',
  );
}

const REMEDIES: Readonly<Record<number, string>> = {
  401: 'Get another token: this one is not valid, or not any more',
  403: 'Use the token of an owner of the database who may issue credentials',
  404: 'The database or its portal has moved; download the bundle again',
  409: 'Ask an owner: the gateway asks for no certificates any more, or the database is being changed; then try again',
};

function refused(
  status: number,
  body: string,
  { url, token }: PortalQuestion,
): ConnectError {
  // Before it is cut: what is left of a token is no less secret.
  const said = messageIn(body)
    .split(token)
    .join('[redacted]')
    .slice(0, MAX_MESSAGE);
  return new ConnectError(
    status >= 500 ? 'Unreachable' : 'Usage',
    `The portal refused to renew the certificate (${status}${
      said && `: ${said}`
    })`,
    REMEDIES[status] ?? `Look at the portal's log for POST ${url}`,
  );
}

/** As Backstage words errors. */
function messageIn(body: string): string {
  try {
    const message = JSON.parse(body)?.error?.message;
    return typeof message === 'string' ? message : '';
  } catch {
    return '';
  }
}
