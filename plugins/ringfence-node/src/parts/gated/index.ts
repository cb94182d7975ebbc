export * from './access';
export * from './GatedDatabase';
export { objectRefs } from './objects';
export * from './operations';
export * from './requirements';
export * from './routes';
export * from './spec';
export * from './stages';
