export { catalogModuleRingfence as default } from './module';
export { RingfenceEntityProvider } from './RingfenceEntityProvider';
