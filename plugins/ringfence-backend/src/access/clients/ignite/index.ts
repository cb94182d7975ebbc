import type { Client } from '../Client';
import { envoy, haproxy, stunnel } from '../proxies';
import { curl } from './curl';
import { dotnet } from './dotnet';
import { java } from './java';
import { node } from './node';
import { python } from './python';

const PROXY_NOTE =
  'Listens in plaintext on 127.0.0.1:10800, for thin clients that are told not to dial the nodes themselves (no partition awareness).';

/** The clients of Ignite that a bundle may serve, in the order in which they are shown. */
export const igniteClients: readonly Client[] = [
  curl,
  java,
  python,
  node,
  dotnet,
  ...[haproxy, stunnel, envoy].map(proxy => ({ ...proxy, note: PROXY_NOTE })),
];
