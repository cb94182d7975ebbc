export { RingfenceClient } from './RingfenceClient';
export type { RingfenceClientOptions } from './RingfenceClient';
export { readProvisioningEvents } from './readEvents';
export { DefaultApiClient as RingfenceHttpClient } from '../schema/openapi';
