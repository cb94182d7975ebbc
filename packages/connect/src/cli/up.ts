import { X509Certificate } from 'node:crypto';
import { splitPem, hostPort } from '@ringfence/connection/dial';
import { readBundle, type Bundle } from '../bundle';
import { resolveTargets, type Overrides } from '../config';
import { startProxy, type Proxy } from '../proxy';
import { expiryText } from './expiry';
import { firstHandshake, type FirstHandshake } from './firstHandshake';

/** What `up` was asked for. */
export interface UpOptions extends Overrides {
  readonly localPort: number;
}

/** Where the words go, and what the world looks like. */
export interface UpDeps {
  readonly printError: (line: string) => void;
  readonly environment: NodeJS.ProcessEnv;
  readonly now: () => Date;
}

/** A proxy that listens, and the lines that say so. */
export interface Running {
  readonly proxy: Proxy;
  readonly banner: readonly string[];
}

/**
 * Reads the bundle, verifies the gateway, then listens.
 *
 * @throws ConnectError with what to do
 */
export async function up(
  source: string,
  options: UpOptions,
  deps: UpDeps,
): Promise<Running> {
  const bundle = await readBundle(source);
  const targets = await resolveTargets(bundle, options, deps.environment);
  const shown = await firstHandshake(targets);
  const proxy = await startProxy(
    { localPort: options.localPort, target: shown.target },
    { log: deps.printError },
  );
  return { proxy, banner: describe(proxy, shown, bundle, deps.now()) };
}

function describe(
  proxy: Proxy,
  { target, session, certificate }: FirstHandshake,
  { connection }: Bundle,
  now: Date,
): string[] {
  const verified =
    target.host === target.serverName
      ? 'verified'
      : `verified as ${target.serverName}`;
  const gateway = hostPort(target.host, target.port);
  const role = connection.role ? ` -u ${connection.role}` : '';
  return [
    `Listening on ${proxy.host}:${proxy.port} -> ${gateway} (${session}, ${verified})`,
    [
      ...splitPem(target.caPem).map(pem => caText(pem, now)),
      `server certificate ${expiryText(new Date(certificate.validTo), now)}`,
    ].join('; '),
    ...(connection.simulated ? [`Simulated: ${connection.simulated}`] : []),
    `Try: cqlsh ${proxy.host} ${proxy.port}${role}`,
    'Ready for new connections; Ctrl-C ends',
  ];
}

function caText(pem: string, now: Date): string {
  const { subject, validTo } = new X509Certificate(pem);
  const name = /^CN=(.*)$/m.exec(subject)?.[1] ?? subject;
  return `CA "${name}" ${expiryText(new Date(validTo), now)}`;
}
