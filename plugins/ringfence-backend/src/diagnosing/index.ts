export { diagnose } from './diagnose';
export { readClient } from './readClient';
export { testConnection } from './testConnection';
export { NamespaceOwners } from './NamespaceOwners';
