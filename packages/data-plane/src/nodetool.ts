import type { NodetoolResult } from './ring';

/** What nodetool answers where a node is down. */
export function connectionRefused(address: string): NodetoolResult {
  return {
    exitCode: 1,
    stdout: '',
    stderr: `nodetool: Failed to connect to '${address}:7199' - ConnectException: 'Connection refused (Connection refused)'.\n`,
  };
}
