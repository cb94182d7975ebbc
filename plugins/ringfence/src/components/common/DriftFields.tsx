import { Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { DriftField } from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceTranslationRef } from '../../translation';
import { DataTable } from './DataTable';
import styles from './DriftFields.module.css';

const Value = (props: {
  readonly value: string | undefined;
  readonly side: 'wanted' | 'found';
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { value, side } = props;
  if (value === undefined)
    return (
      <Text as="span" variant="body-small" color="secondary">
        {t('tab.manifests.nothing')}
      </Text>
    );
  const Tag = side === 'found' ? 'del' : 'ins';
  return (
    <Tag className={styles.value} data-side={side}>
      {value}
    </Tag>
  );
};

/** What differs in one object, field by field, and who set it. */
export const DriftFields = (props: {
  readonly object: string;
  readonly drift: readonly DriftField[];
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { object, drift } = props;
  const fields = drift.filter(({ field }) => field !== undefined);
  if (fields.length === 0)
    return (
      <Text as="p" variant="body-medium">
        {t('tab.manifests.missing')}
      </Text>
    );
  return (
    <DataTable
      label={object}
      columns={[
        t('tab.manifests.field'),
        t('tab.manifests.found'),
        t('tab.manifests.wanted'),
        t('tab.manifests.manager'),
      ]}
      rows={fields.map(({ field, wanted, found, manager }) => ({
        id: field!,
        cells: [
          <code className={styles.field}>{field}</code>,
          <Value value={found} side="found" />,
          <Value value={wanted} side="wanted" />,
          manager ?? t('tab.unknown'),
        ],
      }))}
    />
  );
};
