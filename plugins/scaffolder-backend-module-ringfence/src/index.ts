export { scaffolderModuleRingfence as default } from './module';
export {
  createDecommissionAction,
  createIssueCredentialAction,
  createProvisionAction,
  createRenderAction,
} from './actions';
