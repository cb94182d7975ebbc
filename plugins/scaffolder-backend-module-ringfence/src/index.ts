export { scaffolderModuleRingfence as default } from './module';
export {
  createDecommissionAction,
  createProvisionAction,
  createRenderAction,
} from './actions';
