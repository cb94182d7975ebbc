import { useCallback } from 'react';
import { stringifyEntityRef } from '@backstage/catalog-model';
import { Select, TextField } from '@backstage/ui';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { catalogApiRef } from '@backstage/plugin-catalog-react';
import { useLoad } from '../../hooks/useLoad';
import { ringfenceTranslationRef } from '../../translation';

/** The teams of the catalog, by title. */
function useTeams() {
  const catalogApi = useApi(catalogApiRef);
  return useLoad(
    useCallback(async () => {
      const { items } = await catalogApi.getEntities({
        filter: { kind: 'group' },
        fields: ['kind', 'metadata', 'spec.profile'],
      });
      return items
        .map(group => ({
          value: stringifyEntityRef(group),
          label: group.metadata.title ?? group.metadata.name,
        }))
        .sort((a, b) => a.label.localeCompare(b.label));
    }, [catalogApi]),
  );
}

/** Which team; typed where the catalog has none to pick from. */
export const TeamField = (props: {
  readonly value: string;
  readonly problem: string | undefined;
  readonly onChange: (entityRef: string) => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { value, problem, onChange } = props;
  const teams = useTeams();
  const field = {
    label: t('identities.issue.team'),
    secondaryLabel: t('identities.required'),
    validate: () => problem ?? null,
    validationBehavior: 'aria' as const,
  };
  if (
    teams.status === 'failed' ||
    (teams.status === 'loaded' && !teams.value.length)
  ) {
    return (
      <TextField
        {...field}
        description={t('identities.issue.teamRef')}
        value={value}
        onChange={onChange}
      />
    );
  }
  return (
    <Select
      {...field}
      description={t('identities.issue.teamHint')}
      placeholder={t('identities.issue.teamPlaceholder')}
      search={{ placeholder: t('identities.issue.teamSearch') }}
      options={teams.status === 'loaded' ? teams.value : []}
      // Of no value at all, it asks nobody whether that is right.
      value={value}
      onChange={key => onChange(String(key ?? ''))}
    />
  );
};
