import { promises as fs } from 'node:fs';
import { readOwn } from '../../bundle';
import { ConnectError, EXIT_CODES } from '../../ConnectError';
import {
  askPortal,
  leftIn,
  renewableIn,
  replaceCertificate,
} from '../../renew';
import type { AddCommand, CliDeps } from '../CliDeps';
import { expiryText } from '../expiry';
import { BUNDLE_ARGUMENT, option } from '../options';

const TOKEN_VARIABLE = 'RINGFENCE_TOKEN';

interface RenewOptions {
  readonly portal?: string;
  readonly tokenFile?: string;
  readonly portalCaFile?: string;
}

/** `renew`: puts the next client certificate in the place of the one in the bundle. */
export const addRenew: AddCommand = (program, deps, end) => {
  program
    .command('renew')
    .description('Have the portal renew the client certificate of the bundle')
    .argument(...BUNDLE_ARGUMENT)
    .addOption(
      option(
        '--portal <url>',
        'RINGFENCE_PORTAL',
        'the portal that the token is for, such as https://portal.example.com: it is sent nowhere else',
      ),
    )
    .addOption(
      option(
        '--token-file <file>',
        'RINGFENCE_TOKEN_FILE',
        `file with the token for the portal, else it is taken from ${TOKEN_VARIABLE}`,
      ),
    )
    .addOption(
      option(
        '--portal-ca-file <file>',
        'PORTAL_CA_FILE',
        'CA of the portal, in PEM, where Node does not know it',
      ),
    )
    .action(async (source: string, options: RenewOptions) => {
      const { files } = await renewableIn(source);
      const { team, renewUrl } = files;
      requirePortal(renewUrl, options);
      const renewed = await askPortal({
        ...{ url: renewUrl, team },
        token: await tokenOf(options, deps),
        caPem: options.portalCaFile && (await readCa(options.portalCaFile)),
      });
      const now = deps.now();
      const notAfter = await replaceCertificate(source, renewed, now);
      deps.print(
        `Client certificate of team "${team}" is renewed: it ${expiryText(
          notAfter,
          now,
        )}`,
      );
      const left = await leftIn(source);
      if (left) {
        deps.print(
          `Not renewed: ${left}, which the portal alone makes. Where you use it, download the bundle again`,
        );
      }
      deps.print(`Try: ringfence-connect check ${source}`);
      end(EXIT_CODES.Ok);
    });
};

/**
 * Whoever made the bundle chose where it asks. What a token opens is more than
 * one database, so who has it says whom it is for.
 */
function requirePortal(renewUrl: string, { portal }: RenewOptions): void {
  const asked = originOf(renewUrl);
  if (portal && asked && originOf(portal) === asked) return;
  throw new ConnectError(
    'Usage',
    portal
      ? `The bundle has its certificate renewed at "${asked}", which is not the portal "${portal}"`
      : `Nothing says that the token is for "${asked}", where the bundle has its certificate renewed`,
    portal
      ? 'Download the bundle again from the portal that the token is for'
      : 'Where that is your portal, say so with --portal <url> or RINGFENCE_PORTAL',
  );
}

/** Scheme, host and port; undefined of what is no address of the web. */
function originOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { origin } = new URL(url);
  return origin === 'null' ? undefined : origin;
}

/** Never an argument: everybody on the machine sees those. */
async function tokenOf(
  { tokenFile }: RenewOptions,
  { environment }: Pick<CliDeps, 'environment'>,
): Promise<string> {
  const token = tokenFile
    ? (await readSecretFile(tokenFile)).trim()
    : environment[TOKEN_VARIABLE]?.trim();
  // Anything else would break the header that it is sent in.
  if (token && /^[\x21-\x7e]+$/.test(token)) return token;
  throw new ConnectError(
    'Usage',
    tokenFile
      ? `Token file "${tokenFile}" holds no token`
      : 'There is no token for the portal',
    `Put a Backstage token into a file and give it with --token-file, or into ${TOKEN_VARIABLE}`,
  );
}

async function readSecretFile(path: string): Promise<string> {
  const role = { name: `Token file "${path}"`, reason: 'Usage' as const };
  try {
    return (await readOwn(path, role)).toString('utf8');
  } catch (error) {
    throw unreadable(error, role.name);
  }
}

async function readCa(path: string): Promise<string> {
  try {
    return await fs.readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(error, `CA file "${path}"`);
  }
}

function unreadable(error: unknown, name: string): unknown {
  if (error instanceof ConnectError) return error;
  const { code } = error as NodeJS.ErrnoException;
  return new ConnectError(
    'Usage',
    `${name} cannot be read (${code})`,
    'Give the path of a file that this user may read',
    error,
  );
}
