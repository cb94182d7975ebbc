import { mintCa } from '@ringfence/connection/testUtils';

/** The certificate of a CA that has nothing to do with the database. */
export async function mintOtherCa(): Promise<string> {
  const ca = await mintCa({ name: 'Other CA' });
  return ca.certPem;
}
