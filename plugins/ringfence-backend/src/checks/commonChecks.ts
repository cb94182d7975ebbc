import type { Check } from '@ringfence/backstage-plugin-ringfence-node';
import { accessCertificate } from './accessCertificate';
import { accessAnonymous, accessLogin, accessPublicLogin } from './accessLogin';
import { accessSuperuser } from './accessSuperuser';
import { certificateAuthority } from './certificateAuthority';
import { certificateChain } from './certificateChain';
import { certificateHolders } from './certificateHolders';
import { certificateNames } from './certificateNames';
import { certificateServed } from './certificateServed';
import { certificateStrength } from './certificateStrength';
import { certificateValid } from './certificateValid';
import {
  accessDrift,
  certificateDrift,
  gatewayDrift,
  meshDrift,
  ringDrift,
} from './drift';
import { gatewayEndpoints } from './gatewayEndpoints';
import { gatewayOtherWays } from './gatewayOtherWays';
import { gatewayPlaintext } from './gatewayPlaintext';
import { gatewayProgrammed } from './gatewayProgrammed';
import { gatewayRoute } from './gatewayRoute';
import { gatewayKeyExchange } from './gatewayKeyExchange';
import { gatewayTls } from './gatewayTls';
import { gatewayVersions } from './gatewayVersions';
import { meshAuthorization } from './meshAuthorization';
import { meshEnvoyFilters } from './meshEnvoyFilters';
import { meshListenAddress } from './meshListenAddress';
import { meshMembership } from './meshMembership';
import { meshNetworkPolicy } from './meshNetworkPolicy';
import { meshPassthrough } from './meshPassthrough';
import { meshPorts } from './meshPorts';
import { meshSidecars } from './meshSidecars';
import { meshStrict } from './meshStrict';
import { meshTraffic } from './meshTraffic';
import { meshTrafficRules } from './meshTrafficRules';
import { meshZtunnel } from './meshZtunnel';
import { ringAgreement } from './ringAgreement';
import { ringLoad } from './ringLoad';
import { ringNames } from './ringNames';
import { ringNodes } from './ringNodes';
import { ringPods } from './ringPods';
import { ringRestarts } from './ringRestarts';
import { ringSchema } from './ringSchema';
import { ringVolumes } from './ringVolumes';

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
  certificateChain,
  certificateStrength,
  certificateHolders,
  certificateDrift,
  meshMembership,
  meshZtunnel,
  meshSidecars,
  meshPorts,
  meshListenAddress,
  meshStrict,
  meshAuthorization,
  meshTrafficRules,
  meshEnvoyFilters,
  meshNetworkPolicy,
  meshTraffic,
  meshPassthrough,
  meshDrift,
  gatewayProgrammed,
  gatewayRoute,
  gatewayEndpoints,
  gatewayVersions,
  gatewayPlaintext,
  gatewayTls,
  gatewayKeyExchange,
  gatewayOtherWays,
  gatewayDrift,
  ringNodes,
  ringPods,
  ringAgreement,
  ringNames,
  ringSchema,
  ringVolumes,
  ringRestarts,
  ringLoad,
  ringDrift,
  accessLogin,
  accessSuperuser,
  accessAnonymous,
  accessPublicLogin,
  accessCertificate,
  accessDrift,
];
