export { RingfenceClient } from './RingfenceClient';
export type { RingfenceClientOptions } from './RingfenceClient';
export { DefaultApiClient as RingfenceHttpClient } from '../schema/openapi';
