export { createDecommissionAction } from './decommission';
export { createIssueCredentialAction } from './issueCredential';
export { createProvisionAction } from './provision';
export { createRenderAction } from './render';
