export { startProxy } from './startProxy';
export type { Proxy, ProxyDeps, ProxyOptions } from './startProxy';
