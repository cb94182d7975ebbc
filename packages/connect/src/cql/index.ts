export { rewritePeers } from './rewritePeers';
