export * from './authority';
export * from './encryption';
export * from './names';
export * from './pki';
export * from './spec';
export * from './stages';
export * from './trust';
export * from './waits';
