import { InvalidArgumentError, Option, type Command } from 'commander';

/** How the argument that every command takes is described. */
export const BUNDLE_ARGUMENT = [
  '<bundle>',
  'the downloaded zip, or the folder it was unpacked to',
] as const;

/** An option that an environment variable may give, too; an empty one says nothing. */
export function option(
  flags: string,
  variable: string,
  description: string,
): Option {
  const result = new Option(flags, `${description} (or ${variable})`);
  return process.env[variable] ? result.env(variable) : result;
}

/** An option that is a whole number. */
export function numberOption(
  flags: string,
  variable: string,
  description: string,
  [lowest, highest]: readonly [number, number],
): Option {
  return option(flags, variable, description).argParser(text => {
    const number = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
    if (number >= lowest && number <= highest) return number;
    throw new InvalidArgumentError(
      `Expected a whole number from ${lowest} to ${highest}, got "${text}".`,
    );
  });
}

/** The ports that may be dialled. */
export const PORTS = [1, 65535] as const;
/** The ports that may be listened on; 0 is any. */
export const LISTEN_PORTS = [0, 65535] as const;

/** Adds what every command that dials may be told; gives {@link Overrides}. */
export function withGatewayOptions(command: Command): Command {
  return command
    .addOption(
      option('--gateway-host <host>', 'GATEWAY_HOST', 'host to dial instead'),
    )
    .addOption(
      numberOption(
        '--gateway-port <port>',
        'GATEWAY_PORT',
        'port to dial instead',
        PORTS,
      ),
    )
    .addOption(
      option('--ca-file <file>', 'CA_FILE', 'CA to trust instead, in PEM'),
    );
}

/** Adds what every command that listens may be told; gives {@link ProxySettings}. */
export function withProxyOptions(command: Command): Command {
  return command
    .addOption(
      numberOption(
        '--max-connections <number>',
        'MAX_CONNECTIONS',
        'clients that may be connected at once',
        [1, 1_000_000],
      ).default(5_000),
    )
    .addOption(
      numberOption(
        '--status-port <port>',
        'STATUS_PORT',
        'answer /readyz, /livez and /metrics on this port',
        LISTEN_PORTS,
      ),
    )
    .addOption(
      new Option(
        '--rewrite-peers',
        'show clients this proxy as the only node, so that they need no configuration',
      ),
    );
}
