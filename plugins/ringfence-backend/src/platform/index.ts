export { discoverPlatform } from './discoverPlatform';
export { Platforms } from './Platforms';
export { summarizePlatform, summarizeUnusable } from './summarizePlatform';
