import { until, type Cluster } from '../../src';

/** A holder renews every 5 s. */
const RENEWED_WITHIN_MS = 10_000;
const JUST_NOW_MS = 1_500;
/** Older than a living holder's last renewal can be, and expired after 15 s. */
const MISSED_AFTER_MS = 8_000;

async function renewalAgeMs(
  { kubectl }: Cluster,
  namespace: string,
): Promise<number> {
  const args = ['get', 'lease', 'ringfence', '-n', namespace, '-o', 'json'];
  const { renewTime } = JSON.parse(await kubectl(args)).spec;
  return Date.now() - Date.parse(renewTime);
}

/** Waits until the holder of a database's Lease has just renewed it. */
export async function leaseRenewed(
  cluster: Cluster,
  namespace: string,
): Promise<void> {
  await until('the Lease is renewed', RENEWED_WITHIN_MS, async () => {
    return (await renewalAgeMs(cluster, namespace)) < JUST_NOW_MS;
  });
}

/** Waits until the holder of a database's Lease has missed a renewal. */
export async function leaseMissed(
  cluster: Cluster,
  namespace: string,
): Promise<void> {
  await until('a renewal is missed', 2 * MISSED_AFTER_MS, async () => {
    return (await renewalAgeMs(cluster, namespace)) > MISSED_AFTER_MS;
  });
}
