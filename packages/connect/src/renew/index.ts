export { askPortal } from './askPortal';
export type { PortalQuestion, RenewedCertificate } from './askPortal';
export { renewableIn, replaceCertificate } from './renewBundle';
