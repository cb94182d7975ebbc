export { checksOf } from './checksOf';
export { commonChecks } from './commonChecks';
export { runChecks } from './runChecks';
export { toReport } from './toReport';
export {
  certificateTimes,
  expiresSoon,
  isExpired,
  renewalOverdue,
} from './certificateFacts';
