export { BlueprintTemplateProvider } from './BlueprintTemplateProvider';
export type { BlueprintTemplateProviderDeps } from './BlueprintTemplateProvider';
export { toTemplate } from './toTemplate';
