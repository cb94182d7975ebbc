import type { Client, ClientValues } from './Client';
import { compose, kubernetes } from './containers';
import { cqlsh } from './cqlsh';
import { dotnet } from './dotnet';
import { go } from './go';
import { igniteClients } from './ignite';
import { java } from './java';
import { javaScylla } from './javaScylla';
import { node } from './node';
import { envoy, haproxy, stunnel } from './proxies';
import { python, pythonScylla } from './python';
import { rust } from './rust';
import { scyllaCqlsh } from './scyllaCqlsh';

export { CQL_PORT, PROTOCOLS } from './Client';
export type {
  CertificateFiles,
  Client,
  ClientFile,
  ClientValues,
} from './Client';

const cqlClients: readonly Client[] = [
  cqlsh,
  scyllaCqlsh,
  java,
  javaScylla,
  python,
  pythonScylla,
  node,
  go,
  rust,
  dotnet,
  compose,
  kubernetes,
  haproxy,
  stunnel,
  envoy,
];

/** The clients that a bundle may serve, by protocol, in the order in which they are shown. */
export const clients: Readonly<
  Record<ClientValues['protocol'], readonly Client[]>
> = { cql: cqlClients, ignite: igniteClients };
