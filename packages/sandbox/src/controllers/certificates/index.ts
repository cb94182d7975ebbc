export { startCertificates } from './certificates';
export type { CertificatesOptions, DatesOverride } from './certificates';
export { CLUSTER_RESOURCE_NAMESPACE, startIssuers } from './issuers';
export { readKeyPair } from './secrets';
export type { KeyPair } from './secrets';
