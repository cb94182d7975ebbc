import type { WayIn } from '@ringfence/backstage-plugin-ringfence-common';

/** Whether clients are asked for a certificate of their own. */
export type ClientCertificateMode = WayIn['clientCertificates'];
