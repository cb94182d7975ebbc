import { createHash } from 'node:crypto';
import tls from 'node:tls';
import { Lately } from './Lately';

const contexts = new Lately<tls.SecureContext>();

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
  return contexts.get(id, () => tls.createSecureContext(parts));
}
