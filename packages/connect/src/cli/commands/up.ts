import { X509Certificate } from 'node:crypto';
import type { Connection } from '@ringfence/connection';
import { hostPort, splitPem } from '@ringfence/connection/dial';
import type { AddCommand } from '../CliDeps';
import type { Proxy } from '../../proxy';
import { expiryText } from '../expiry';
import { openProxy, type OpenedProxy, type ProxySettings } from '../openProxy';
import {
  BUNDLE_ARGUMENT,
  LISTEN_PORTS,
  numberOption,
  withGatewayOptions,
  withProxyOptions,
} from '../options';
import { untilStopped } from '../shutdown';

/** `up`: a proxy until somebody stops it. */
export const addUp: AddCommand = (program, deps, end) => {
  const command = program
    .command('up')
    .description(
      'Listen on this machine in plaintext and carry every connection to the gateway over verified TLS',
    )
    .argument(...BUNDLE_ARGUMENT)
    .addOption(
      numberOption(
        '--local-port <port>',
        'LOCAL_PORT',
        'port to listen on; 0: any; default: 9042, of Ignite 10800',
        LISTEN_PORTS,
      ),
    );
  withProxyOptions(withGatewayOptions(command)).action(
    async (source: string, settings: ProxySettings) => {
      const opened = await openProxy(source, settings, deps);
      // Whoever reads the banner may send a signal at once: be ready for it.
      const stopped = untilStopped(opened.proxy, deps.signals, deps.print);
      banner(opened, settings, deps.now()).forEach(deps.print);
      end(await stopped);
      opened.release();
    },
  );
};

function banner(
  { proxy, status, shown, bundle }: OpenedProxy,
  settings: ProxySettings,
  now: Date,
): string[] {
  const { target, session, certificate } = shown;
  const { connection } = bundle;
  const verified =
    target.host === target.serverName
      ? 'verified'
      : `verified as ${target.serverName}`;
  const gateway = hostPort(target.host, target.port);
  return [
    `Listening on ${proxy.host}:${proxy.port} -> ${gateway} (${session}, ${verified})`,
    [
      ...splitPem(target.caPem).map(pem => caText(pem, now)),
      `server certificate ${expiryText(new Date(certificate.validTo), now)}`,
    ].join('; '),
    ...(connection.simulated ? [`Simulated: ${connection.simulated}`] : []),
    ...(settings.rewritePeers
      ? ['Clients see this proxy as the only node of the ring']
      : []),
    ...(status ? [`Status on port ${status.port}: /readyz, /metrics`] : []),
    tryText(proxy, connection),
    'Ready for new connections; Ctrl-C ends',
  ];
}

/** What to do with the proxy that listens. */
function tryText(
  { host, port }: Pick<Proxy, 'host' | 'port'>,
  { protocol, role }: Connection,
): string {
  return protocol === 'cql'
    ? `Try: cqlsh ${host} ${port}${role ? ` -u ${role}` : ''}`
    : `Thin clients connect to ${host}:${port} without TLS, with partition awareness off`;
}

function caText(pem: string, now: Date): string {
  const { subject, validTo } = new X509Certificate(pem);
  const name = /^CN=(.*)$/m.exec(subject)?.[1] ?? subject;
  return `CA "${name}" ${expiryText(new Date(validTo), now)}`;
}
