export { NotCqlError } from './frames';
export { createPeersRewriter } from './rewritePeers';
export type { Rewrite } from './rewritePeers';
