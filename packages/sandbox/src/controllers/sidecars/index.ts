export {
  hasSidecar,
  injectSidecar,
  takesSidecar,
  wantsSidecar,
} from './injection';
export { MeshRules, RULE_KINDS } from './MeshRules';
export { startRootCertificates } from './rootCertificates';
export { startSidecars } from './sidecars';
export { SIDECAR_PORTS } from './template';
export { injectorConfiguration, type WebhookClient } from './webhooks';
