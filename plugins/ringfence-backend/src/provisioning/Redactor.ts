/** Shorter texts are words of a language sooner than secrets; hiding them would garble messages. */
const SHORTEST_SECRET = 8;

/**
 * Takes the secrets it was told of out of texts. Nothing is meant to put one
 * there: this is for an error of someone else that quotes what it was given.
 */
export class Redactor {
  readonly #secrets = new Set<string>();

  /** @param secret - hidden as it is and in base64, from now on */
  hide(secret: string): void {
    if (secret.length < SHORTEST_SECRET) return;
    this.#secrets.add(secret);
    this.#secrets.add(Buffer.from(secret).toString('base64'));
  }

  readonly redact = (text: string): string => {
    let redacted = text;
    for (const secret of this.#secrets) {
      redacted = redacted.replaceAll(secret, '[redacted]');
    }
    return redacted;
  };
}
