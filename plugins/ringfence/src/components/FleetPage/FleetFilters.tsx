import { SearchField, Select } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { FleetRow } from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceTranslationRef } from '../../translation';
import { FLEET_STATES, FleetQuery, fleetStateOf } from './fleetQuery';
import { ownerName } from './ownerName';
import styles from './FleetPage.module.css';

const EXPIRES_WITHIN_DAYS = [0, 1, 7, 14, 30, 90];
const ANY = 'any';

interface Choice {
  readonly value: string;
  readonly label: string;
}

function countBy(
  rows: readonly FleetRow[],
  valueOf: (row: FleetRow) => string,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const value = valueOf(row);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

const Many = (props: {
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly chosen: readonly string[];
  readonly onChange: (chosen: string[]) => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { label, choices, chosen, onChange } = props;
  const known = choices.map(({ value }) => value);
  // Kept, though no database is left that it would find: it still narrows the list.
  const gone = chosen
    .filter(value => !known.includes(value))
    .map(value => ({ value, label: value }));
  return (
    <Select
      label={label}
      placeholder={t('fleet.filters.any')}
      selectionMode="multiple"
      options={[...choices, ...gone]}
      value={[...chosen]}
      onChange={keys => onChange(keys.map(String))}
      className={styles.filter}
    />
  );
};

function useChoices(rows: readonly FleetRow[]) {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const choices = (
    valueOf: (row: FleetRow) => string,
    nameOf: (value: string) => string = value => value,
  ): Choice[] =>
    [...countBy(rows, valueOf)]
      .map(([value, count]) => ({
        value,
        label: t('fleet.filters.counted', {
          value: nameOf(value),
          of: String(count),
        }),
      }))
      .sort((a, b) => a.label.localeCompare(b.label));

  const states = countBy(rows, fleetStateOf);
  const titles = new Map(
    rows.map(row => [row.blueprint, row.blueprintTitle] as const),
  );
  return {
    states: FLEET_STATES.filter(state => states.has(state)).map(state => ({
      value: state,
      label: t('fleet.filters.counted', {
        value: t(`fleet.states.${state}`),
        of: String(states.get(state)),
      }),
    })),
    owners: choices(row => row.owner, ownerName),
    kubernetesClusters: choices(row => row.kubernetesCluster),
    blueprints: choices(
      row => row.blueprint,
      value => titles.get(value) ?? value,
    ),
  };
}

/** What narrows the list; each choice says how many databases it stands for. */
export const FleetFilters = (props: {
  readonly rows: readonly FleetRow[];
  readonly query: FleetQuery;
  readonly onChange: (query: FleetQuery) => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { rows, query, onChange } = props;
  const choices = useChoices(rows);
  const { expiresWithinDays } = query;
  const days = [
    ...new Set([...EXPIRES_WITHIN_DAYS, expiresWithinDays ?? 0]),
  ].sort((a, b) => a - b);

  return (
    <div
      className={styles.filters}
      role="group"
      aria-label={t('fleet.filters.label')}
    >
      <SearchField
        aria-label={t('fleet.search')}
        placeholder={t('fleet.searchPlaceholder')}
        size="small"
        value={query.search}
        onChange={search => onChange({ ...query, search })}
        className={styles.search}
      />
      <Many
        label={t('fleet.filters.state')}
        choices={choices.states}
        chosen={query.states}
        onChange={states => onChange({ ...query, states })}
      />
      <Many
        label={t('fleet.filters.owner')}
        choices={choices.owners}
        chosen={query.owners}
        onChange={owners => onChange({ ...query, owners })}
      />
      <Many
        label={t('fleet.filters.kubernetesCluster')}
        choices={choices.kubernetesClusters}
        chosen={query.kubernetesClusters}
        onChange={kubernetesClusters =>
          onChange({ ...query, kubernetesClusters })
        }
      />
      <Many
        label={t('fleet.filters.blueprint')}
        choices={choices.blueprints}
        chosen={query.blueprints}
        onChange={blueprints => onChange({ ...query, blueprints })}
      />
      <Select
        label={t('fleet.filters.expires')}
        options={[
          { value: ANY, label: t('fleet.filters.any') },
          ...days.map(count => ({
            value: String(count),
            label:
              count === 0
                ? t('fleet.filters.expired')
                : t('fleet.filters.within', { count }),
          })),
        ]}
        value={expiresWithinDays?.toString() ?? ANY}
        onChange={value =>
          onChange({
            ...query,
            expiresWithinDays: value === ANY ? undefined : Number(value),
          })
        }
        className={styles.filter}
      />
    </div>
  );
};
