export { ringfencePlugin as default } from './plugin';
// For modules that provision without a user's request, as the sandbox does.
export { createBlueprintRegistry } from './blueprints';
export { Provisioner } from './provisioning';
export { createDatabaseTools } from './tools';
