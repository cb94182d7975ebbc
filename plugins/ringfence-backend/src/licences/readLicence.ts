import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** What a licence of GridGain says; never the licence itself. */
export type LicenceAnswer =
  | {
      readonly readable: true;
      /** From then on nodes do not start with it; absent: it has no end. */
      readonly expiresAt?: Date;
      /** How many nodes it is for; absent: as many as one likes. */
      readonly maxNodes?: number;
    }
  | {
      readonly readable: false;
      /** Such as `it is no XML`. */
      readonly why: string;
    };

const ROOT = /^gridgain-license/;

/**
 * Reads a licence of GridGain: an XML document `gridgain-license` whose
 * `expire-date` is of the form MM/DD/YYYY. Whether its signature holds, GridGain
 * alone can tell.
 *
 * @see https://www.gridgain.com/docs/latest/installation-guide/licenses
 */
export function readLicence(text: string): LicenceAnswer {
  if (text.trim() === '') return unreadable('it is empty');
  if (XMLValidator.validate(text) !== true) return unreadable('it is no XML');
  // Entities of its own a licence does not have, and reading them could be made endless.
  const document = new XMLParser({ processEntities: false }).parse(text);
  const root = Object.keys(document).find(name => ROOT.test(name));
  if (root === undefined) {
    return unreadable('it is XML, but no licence of GridGain');
  }
  const licence: Record<string, unknown> = Object(document[root]);
  if (!('signature' in licence)) return unreadable('it carries no signature');
  const date = textOf(licence['expire-date']);
  const expiresAt = date === undefined ? undefined : readDate(date);
  if (date !== undefined && expiresAt === undefined) {
    return unreadable('its expire-date is no date of the form MM/DD/YYYY');
  }
  const maxNodes = Number(textOf(licence['max-nodes']) ?? 0);
  return {
    readable: true,
    ...(expiresAt && { expiresAt }),
    ...(maxNodes > 0 && { maxNodes }),
  };
}

function unreadable(why: string): LicenceAnswer {
  return { readable: false, why };
}

function textOf(value: unknown): string | undefined {
  const text = value === undefined ? '' : String(value).trim();
  return text === '' ? undefined : text;
}

/** The beginning of that day: not an hour later than GridGain would take it. */
function readDate(text: string): Date | undefined {
  const match = /^(\d{2})\/(\d{2})\/(\d{4})$/.exec(text);
  if (!match) return undefined;
  const [, month, day, year] = match.map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day
    ? date
    : undefined;
}
