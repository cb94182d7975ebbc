export { benchConnect } from './benchConnect';
