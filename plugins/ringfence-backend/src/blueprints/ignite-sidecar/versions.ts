import {
  findReleaseLine,
  type ReleaseLine,
} from '@ringfence/backstage-plugin-ringfence-node';

/** What runs: Apache Ignite 2, or GridGain 8, which is made of it. */
export type Product = 'ignite' | 'gridgain';

/** The release lines that this blueprint knows, newest first. */
export const RELEASE_LINES: Readonly<Record<Product, readonly ReleaseLine[]>> =
  {
    ignite: [
      { line: '2.17', latest: '2.17.0' },
      { line: '2.16', latest: '2.16.0' },
    ],
    gridgain: [{ line: '8.9', latest: '8.9.32' }],
  };

/** The newest of a product. */
export function defaultVersion(product: Product): string {
  return RELEASE_LINES[product][0].latest;
}

/** Whether a version is of a known line of this product. */
export function isKnownVersion(product: Product, version: string): boolean {
  return findReleaseLine(RELEASE_LINES[product], version) !== undefined;
}
