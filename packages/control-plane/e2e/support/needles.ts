import type { Kubectl } from '../../src';

/** Something that must be found nowhere. */
export interface Needle {
  /** Which secret it is, without its value. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** What of a Secret is secret: a user name or a certificate is not. */
const SECRET_KEYS =
  /^(password.*|superuser\.yaml|tls\.key|.*\.key|keystore.*)$/;
/** A line of PEM in the middle of a key: long enough to be no coincidence. */
const PEM_LINE = /^[A-Za-z0-9+/=]{40,}$/m;

/** Every secret value of a namespace, as it is and as Kubernetes encodes it. */
export async function secretsOf(
  kubectl: Kubectl,
  namespace: string,
): Promise<Needle[]> {
  const list = await kubectl([
    'get',
    'secrets',
    `--namespace=${namespace}`,
    '--output=json',
  ]);
  return JSON.parse(list).items.flatMap(({ metadata, data }: any) =>
    Object.entries<string>(data ?? {})
      .filter(([key]) => SECRET_KEYS.test(key))
      .flatMap(([key, encoded]) =>
        needles(`${metadata.name}/${key}`, Buffer.from(encoded, 'base64')),
      ),
  );
}

/** A value in the forms in which it could get out. */
export function needles(name: string, value: Buffer): Needle[] {
  const text = value.toString('utf8');
  const line = text.includes('PRIVATE KEY') ? PEM_LINE.exec(text)?.[0] : text;
  return [
    { name, bytes: Buffer.from(line!.trim()) },
    // Without the last characters, which depend on what follows.
    {
      name: `${name} in base64`,
      bytes: Buffer.from(value.toString('base64').slice(0, -4)),
    },
  ];
}

/** Names of those that are in there. */
export function findNeedles(
  all: readonly Needle[],
  haystack: Uint8Array,
): string[] {
  const bytes = Buffer.from(haystack);
  return all.filter(needle => bytes.includes(needle.bytes)).map(it => it.name);
}
