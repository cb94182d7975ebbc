export {
  ClientCertificates,
  type NewClientCertificate,
} from './ClientCertificates';
export { scheduleSweep } from './scheduleSweep';
