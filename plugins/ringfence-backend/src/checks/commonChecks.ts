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
import { meshListenAddress } from './meshListenAddress';
import { meshMembership } from './meshMembership';
import { meshPassthrough } from './meshPassthrough';
import { meshPorts } from './meshPorts';
import { meshSidecars } from './meshSidecars';
import { meshStrict } from './meshStrict';
import { meshTraffic } from './meshTraffic';
import { meshTrafficRules } from './meshTrafficRules';
import { meshZtunnel } from './meshZtunnel';
import { ringAgreement } from './ringAgreement';
import { ringNodes } from './ringNodes';
import { ringPods } from './ringPods';

/**
 * The questions asked about every database, in the order in which reports show
 * them. Each finds out by itself whether it is one for this database (its mesh
 * mode, its exposure), so every blueprint takes the whole list.
 */
export const commonChecks: readonly Check[] = [
  certificateValid,
  certificateServed,
  certificateNames,
  certificateAuthority,
  meshMembership,
  meshZtunnel,
  meshSidecars,
  meshPorts,
  meshListenAddress,
  meshStrict,
  meshAuthorization,
  meshTrafficRules,
  meshTraffic,
  meshPassthrough,
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
