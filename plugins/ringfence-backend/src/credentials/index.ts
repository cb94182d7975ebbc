export { scheduleSweep } from './scheduleSweep';
export { TeamCredentials, type NewCredential } from './TeamCredentials';
