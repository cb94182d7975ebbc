export { benchObserve } from './benchObserve';
