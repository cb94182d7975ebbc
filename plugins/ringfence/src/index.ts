export { ringfencePlugin as default } from './plugin';
export { ringfenceApiRef } from './api';
export { ringfenceTranslationRef } from './translation';
