export * from './duration';
export * from './names';
export * from './quantity';
export * from './spec';
