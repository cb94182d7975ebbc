export { ringfencePlugin as default } from './plugin';
// For modules and tests that provision without a user's request, as the sandbox does.
export { makeBundle } from './access';
export { createBlueprintRegistry } from './blueprints';
export { TeamCredentials } from './credentials';
export { createKubernetesClusters } from './kubernetes';
export { Provisioner } from './provisioning';
export { createDatabaseTools } from './tools';
