import { ReactNode } from 'react';
import { Entity, RELATION_OWNED_BY } from '@backstage/catalog-model';
import {
  Button,
  ButtonIcon,
  DialogTrigger,
  Text,
  Tooltip,
  TooltipTrigger,
} from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  EntityInfoCard,
  EntityRefLink,
  EntityRefLinks,
  getEntityRelations,
} from '@backstage/plugin-catalog-react';
import { RiPlugLine, RiRefreshLine } from '@remixicon/react';
import { stringifyDatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import { EntityDatabase } from '../../hooks/useEntityDatabases';
import { useNow } from '../../hooks/useNow';
import { ReportState, useReport } from '../../hooks/useReport';
import { ringfenceTranslationRef } from '../../translation';
import { Ago } from '../common/Ago';
import { ConnectDialog } from '../ConnectDialog/ConnectDialog';
import { FailedState, LoadingState } from './CardStates';
import { FenceReport } from './FenceReport';
import common from '../common/common.module.css';
import styles from './FenceCard.module.css';

/** The owners in the catalog's own links; nothing where the catalog has none. */
function ownersOf(entity: Entity | undefined): ReactNode {
  const owners = entity ? getEntityRelations(entity, RELATION_OWNED_BY) : [];
  return owners.length > 0 ? <EntityRefLinks entityRefs={owners} /> : undefined;
}

const Title = (props: {
  readonly name: string;
  readonly database: EntityDatabase;
  readonly client?: string;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { name, database, client } = props;
  const title = t(client ? 'card.clientTitle' : 'card.title', { name });
  return (
    <div className={styles.title}>
      {client && database.entity ? (
        <EntityRefLink entityRef={database.entity}>{title}</EntityRefLink>
      ) : (
        <span>{title}</span>
      )}
      <Text as="span" variant="body-small" color="secondary">
        {client
          ? t('card.clientWhere', { client })
          : t('card.where', { ...database.ref })}
      </Text>
    </div>
  );
};

const Actions = (props: {
  readonly state: ReportState;
  readonly database: EntityDatabase;
  readonly now: Date;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { state, database, now } = props;
  const { report, refreshing, refresh } = state;
  if (!report) return null;
  return (
    <div className={styles.actions}>
      <Text as="span" variant="body-small" color="secondary">
        {t('card.checked')} <Ago moment={report.observedAt} now={now} />
      </Text>
      <TooltipTrigger>
        <ButtonIcon
          variant="tertiary"
          aria-label={t(refreshing ? 'card.refreshing' : 'card.refresh')}
          icon={<RiRefreshLine aria-hidden />}
          isPending={refreshing}
          onPress={refresh}
        />
        <Tooltip>{t('card.refresh')}</Tooltip>
      </TooltipTrigger>
      <DialogTrigger>
        <Button variant="primary" iconStart={<RiPlugLine aria-hidden />}>
          {t('card.connect')}
        </Button>
        <ConnectDialog databaseRef={database.ref} name={report.name} />
      </DialogTrigger>
    </div>
  );
};

/** The card of one database: fetches its report and chooses what to draw. */
export const DatabaseFence = (props: {
  readonly database: EntityDatabase;
  /** Title of the client, where the card is on its entity. */
  readonly client?: string;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { database, client } = props;
  const state = useReport(database.ref);
  // Ages must not lie behind the report that they are of.
  const now = useNow();
  const { report, error } = state;
  const owner = ownersOf(database.entity);
  const name = report?.name ?? database.ref.namespace;

  return (
    <section aria-label={t('card.title', { name })}>
      <EntityInfoCard
        className={`${styles.card} ${common.readable}`}
        title={<Title name={name} database={database} client={client} />}
        headerActions={<Actions state={state} database={database} now={now} />}
      >
        {report && (
          <FenceReport
            report={report}
            now={now}
            state={state.database?.state}
            staleError={error}
            client={client}
            owner={owner}
          />
        )}
        {!report && error && (
          <FailedState
            error={error}
            database={stringifyDatabaseRef(database.ref)}
            owner={owner}
            onRetry={state.refresh}
          />
        )}
        {!report && !error && <LoadingState />}
      </EntityInfoCard>
    </section>
  );
};
