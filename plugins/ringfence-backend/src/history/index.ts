export { History } from './History';
export type { BundleReceipt, LastFinding } from './History';
export type { ProbeResult } from './probeResults';
