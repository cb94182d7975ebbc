import type { CustomFieldValidator } from '@backstage/plugin-scaffolder-react';
import { ringfenceApiRef } from '../../api';
import { failureMessage } from '../../errors';
import { eligibilityOf } from './eligibility';
import { DEFAULT_BLUEPRINT } from './schema';

/** Refuses a Kubernetes cluster that cannot take the database, with what it lacks. */
export const validateKubernetesCluster: CustomFieldValidator<
  string,
  { blueprint?: string }
> = async (value, field, { apiHolder, uiSchema }) => {
  const api = apiHolder.get(ringfenceApiRef);
  // An empty field is for the template's `required` to refuse.
  if (!api || !value) return;
  const blueprint = uiSchema?.['ui:options']?.blueprint ?? DEFAULT_BLUEPRINT;
  try {
    const platforms = await api.listPlatforms();
    const platform = platforms.find(({ name }) => name === value);
    if (!platform) {
      field.addError(`Kubernetes cluster "${value}" is not configured here.`);
      return;
    }
    const { eligible, lacks } = eligibilityOf(platform, blueprint);
    if (eligible) return;
    const reasons = platform.usable
      ? lacks.map(({ message }) => message)
      : [platform.message];
    field.addError(
      `Kubernetes cluster "${value}" cannot take this database: ${reasons.join(
        '; ',
      )}`,
    );
  } catch (error) {
    field.addError(
      `Kubernetes cluster "${value}" could not be checked: ${failureMessage(
        error as Error,
      )}`,
    );
  }
};
