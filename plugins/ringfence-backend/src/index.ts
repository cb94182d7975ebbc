export { ringfencePlugin as default } from './plugin';
