export { mintCa, takeCa } from './mintCa';
export type { CertificateRequest, MintedCa, MintedCertificate } from './mintCa';
