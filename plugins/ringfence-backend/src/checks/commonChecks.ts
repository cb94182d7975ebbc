import type { Check } from '@ringfence/backstage-plugin-ringfence-node';
import { accessAnonymous, accessLogin, accessPublicLogin } from './accessLogin';
import { certificateAuthority } from './certificateAuthority';
import { certificateNames } from './certificateNames';
import { certificateServed } from './certificateServed';
import { certificateValid } from './certificateValid';
import { gatewayPlaintext } from './gatewayPlaintext';
import { gatewayProgrammed } from './gatewayProgrammed';
import { gatewayRoute } from './gatewayRoute';
import { meshAuthorization } from './meshAuthorization';
import { meshMembership } from './meshMembership';
import { meshStrict } from './meshStrict';
import { meshTraffic } from './meshTraffic';
import { meshZtunnel } from './meshZtunnel';
import { ringAgreement } from './ringAgreement';
import { ringNodes } from './ringNodes';
import { ringPods } from './ringPods';

/** The questions asked about every database, in the order in which reports show them. */
export const commonChecks: readonly Check[] = [
  certificateValid,
  certificateServed,
  certificateNames,
  certificateAuthority,
  meshMembership,
  meshZtunnel,
  meshStrict,
  meshAuthorization,
  meshTraffic,
  gatewayProgrammed,
  gatewayRoute,
  gatewayPlaintext,
  ringNodes,
  ringPods,
  ringAgreement,
  accessLogin,
  accessAnonymous,
  accessPublicLogin,
];
