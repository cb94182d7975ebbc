export { HttpRingfenceService } from './HttpRingfenceService';
