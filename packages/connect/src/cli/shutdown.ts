import type { Proxy } from '../proxy';
import { EXIT_CODES } from '../ConnectError';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Where signals come from: the process, in the program. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  removeListener(signal: NodeJS.Signals, listener: () => void): unknown;
}

/**
 * Waits for SIGINT or SIGTERM, then lets open connections end. A second
 * signal ends at once.
 *
 * @returns the exit code
 */
export async function untilStopped(
  proxy: Proxy,
  source: SignalSource,
  print: (line: string) => void,
): Promise<number> {
  await nextSignal(source);
  const again = nextSignal(source);
  print(closingText(proxy.connectionCount()));
  return Promise.race([
    proxy.close().then(() => EXIT_CODES.Ok),
    again.then(() => {
      proxy.destroy();
      return EXIT_CODES.Interrupted;
    }),
  ]);
}

function nextSignal(source: SignalSource): Promise<void> {
  return new Promise(resolve => {
    const heard = () => {
      SIGNALS.forEach(signal => source.removeListener(signal, heard));
      resolve();
    };
    SIGNALS.forEach(signal => source.on(signal, heard));
  });
}

function closingText(connections: number): string {
  if (connections === 0) return 'Closing';
  const text = `${connections} open connection${connections === 1 ? '' : 's'}`;
  return `Closing: waiting a moment for ${text}; once more ends at once`;
}
