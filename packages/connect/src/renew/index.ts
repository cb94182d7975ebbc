export { askPortal } from './askPortal';
export type { PortalQuestion, RenewedCertificate } from './askPortal';
export { leftIn, renewableIn, replaceCertificate } from './renewBundle';
