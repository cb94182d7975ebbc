export { startProxy } from './startProxy';
export type { Proxy, ProxyCounts, ProxyDeps, ProxyOptions } from './startProxy';
