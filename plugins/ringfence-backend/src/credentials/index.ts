export { TeamCredentials, type NewCredential } from './TeamCredentials';
