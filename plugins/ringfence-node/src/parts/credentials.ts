import type { SecretRecipe, SecretValue } from '../blueprint';
import { commonLabels, names, type Named } from './names';

/** 190 bits: no list and no clock will find it. */
const PASSWORD_LENGTH = 32;

/** A password of letters and digits, which no shell, URL or file format needs to quote. */
export const password: SecretValue = {
  from: 'random',
  length: PASSWORD_LENGTH,
};

/** Role names that need no quoting in CQL: `<name>_admin`. */
export const superuserName = ({ name }: Named) => `${roleStem(name)}_admin`;
/** Role names that need no quoting in CQL: `<name>_app`. */
export const applicationRoleName = ({ name }: Named) => `${roleStem(name)}_app`;

function roleStem(name: string): string {
  const stem = name.replace(/-/g, '_');
  // CQL takes a digit for the beginning of a number.
  return /^\d/.test(stem) ? `db_${stem}` : stem;
}

/** Further keys of the superuser's Secret, such as a settings file of the database. */
type ExtraData = Readonly<Record<string, SecretValue>>;

/** The superuser's login; no API of Ringfence ever returns it. */
export function superuserSecret(
  spec: Named,
  application: string,
  extra: ExtraData = {},
): SecretRecipe {
  return {
    name: names.superuserSecret(spec),
    labels: commonLabels(spec, application),
    data: {
      username: { from: 'literal', value: superuserName(spec) },
      password,
      ...extra,
    },
  };
}

/** The login made for clients, which is no superuser. */
export function applicationSecret(
  spec: Named,
  application: string,
): SecretRecipe {
  return {
    name: names.applicationSecret(spec),
    labels: commonLabels(spec, application),
    data: {
      username: { from: 'literal', value: applicationRoleName(spec) },
      password,
    },
  };
}
