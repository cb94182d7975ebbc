export { tellOfReports } from './tellOfReports';
export type { TellingDeps } from './tellOfReports';
export { Settled } from './Settled';
