export { mintCa } from './mintCa';
export type { CertificateRequest, MintedCa, MintedCertificate } from './mintCa';
