import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { EntityInfoCard, useEntity } from '@backstage/plugin-catalog-react';
import { stringifyDatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import { useEntityDatabases } from '../../hooks/useEntityDatabases';
import { ringfenceTranslationRef } from '../../translation';
import { BadAnnotationState, EmptyState, FailedState } from './CardStates';
import { DatabaseFence } from './DatabaseFence';
import common from '../common/common.module.css';
import styles from './FenceCard.module.css';

/**
 * The fence of the database that the entity stands for, or one card for each
 * database that it depends on. Nothing, where it depends on other Resources only.
 */
export const FenceCard = () => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { entity } = useEntity();
  const found = useEntityDatabases(entity);
  const client = entity.metadata.title ?? entity.metadata.name;

  // Until it is known whether there is a database at all, a skeleton would
  // flash on entities that have none.
  if (found.status === 'loading') return null;
  if (found.status === 'failed') {
    return (
      <EntityInfoCard
        title={t('card.genericTitle')}
        className={common.readable}
      >
        <FailedState error={found.error} onRetry={found.reload} />
      </EntityInfoCard>
    );
  }

  const { databases, invalidAnnotation, onlyOthers } = found.value;
  if (databases.length > 0) {
    return (
      <div className={styles.cards}>
        {databases.map(database => (
          <DatabaseFence
            key={stringifyDatabaseRef(database.ref)}
            database={database}
            client={database.perspective === 'client' ? client : undefined}
          />
        ))}
      </div>
    );
  }
  if (onlyOthers && !invalidAnnotation) return null;
  return (
    <EntityInfoCard title={t('card.genericTitle')} className={common.readable}>
      {invalidAnnotation !== undefined ? (
        <BadAnnotationState value={invalidAnnotation} />
      ) : (
        <EmptyState entity={entity} />
      )}
    </EntityInfoCard>
  );
};
