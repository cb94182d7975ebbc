export { tellOfReports } from './tellOfReports';
export type { TellingDeps } from './tellOfReports';
