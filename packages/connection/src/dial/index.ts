export { dial } from './dial';
export { DIAL_CODES, DialError } from './DialError';
export type { DialCode, DialStep } from './DialError';
export { handshake } from './handshake';
export type { Handshake } from './handshake';
export { fingerprintsOf, splitPem } from './pem';
export { hostPort, targetOf } from './target';
export type { DialOptions, DialTarget } from './target';
export { describeTls } from './tls';
