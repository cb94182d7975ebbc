export { ringfencePlugin as default } from './plugin';
// For modules and tests that provision without a user's request, as the sandbox does.
export { makeBundle } from './access';
export { createBlueprintRegistry } from './blueprints';
export { ClientCertificates } from './clientCertificates';
export { TeamCredentials } from './credentials';
export { createKubernetesClusters } from './kubernetes';
// For policies of a portal.
export {
  createDatabaseConditionalDecision,
  databaseConditions,
} from './permissions';
export { Provisioner } from './provisioning';
export { createDatabaseTools } from './tools';
