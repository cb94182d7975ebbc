import { createHash } from 'node:crypto';
import tls from 'node:tls';

/** As many as are in use by those who dial many servers by turns, several times each. */
const MOST = 32;

/** The last ones used, the oldest first. */
const contexts = new Map<string, tls.SecureContext>();

/**
 * The context of handshakes with these options: the same one for those that
 * come soon after each other. Each holds some 40 kB outside of V8's heap, of
 * which the garbage collector does not know: thousands would pile up before it
 * has a reason to look.
 *
 * @throws what `tls.createSecureContext` does
 */
export function secureContextOf(
  options: tls.ConnectionOptions,
): tls.SecureContext {
  const { ca, cert, key, ecdhCurve, ciphers, minVersion, maxVersion } = options;
  const parts = { ca, cert, key, ecdhCurve, ciphers, minVersion, maxVersion };
  // By digest: a private key is not to be kept a second time.
  const id = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  const context = contexts.get(id) ?? tls.createSecureContext(parts);
  contexts.delete(id);
  contexts.set(id, context);
  if (contexts.size > MOST) contexts.delete(contexts.keys().next().value!);
  return context;
}
