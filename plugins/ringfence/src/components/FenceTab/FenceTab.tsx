import { useEntity } from '@backstage/plugin-catalog-react';
import { stringifyDatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import { useEntityDatabases } from '../../hooks/useEntityDatabases';
import {
  BadAnnotationState,
  EmptyState,
  FailedState,
  LoadingState,
} from '../FenceCard/CardStates';
import { DatabaseTab } from './DatabaseTab';
import common from '../common/common.module.css';
import styles from './FenceTab.module.css';

const Content = () => {
  const { entity } = useEntity();
  const found = useEntityDatabases(entity);
  if (found.status === 'loading') return <LoadingState />;
  if (found.status === 'failed')
    return <FailedState error={found.error} onRetry={found.reload} />;
  const { databases, invalidAnnotation } = found.value;
  if (databases.length === 0) {
    return invalidAnnotation === undefined ? (
      <EmptyState entity={entity} />
    ) : (
      <BadAnnotationState value={invalidAnnotation} />
    );
  }
  return (
    <>
      {databases.map(database => (
        <DatabaseTab
          key={stringifyDatabaseRef(database.ref)}
          database={database}
        />
      ))}
    </>
  );
};

/** The tab of an entity page: all that is known of its databases. */
export const FenceTab = () => (
  <div className={`${styles.tab} ${common.readable}`}>
    <Content />
  </div>
);
