export { toDetails } from './toDetails';
