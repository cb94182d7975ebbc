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
import { ReportState } from '../../hooks/useReport';
import { ringfenceTranslationRef } from '../../translation';
import { OperationsMenu } from '../Actions/OperationsMenu';
import type { Operations } from '../Actions/useOperations';
import { Ago } from '../common/Ago';
import { ConnectDialog } from '../ConnectDialog/ConnectDialog';
import { FailedState, LoadingState } from './CardStates';
import type { FenceReportProps } from './FenceReport';
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
  readonly operations: Operations;
  readonly now: Date;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { state, database, operations, now } = props;
  const { report, refreshing, refresh } = state;
  const mayOperate = state.database?.allowed.operate;
  if (!report) return null;
  return (
    <div className={styles.actions}>
      <Text as="span" variant="body-small" color="secondary">
        {t('card.checked')} <Ago moment={report.observedAt} now={now} />
      </Text>
      {mayOperate && (
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
      )}
      <DialogTrigger>
        <Button variant="primary" iconStart={<RiPlugLine aria-hidden />}>
          {t('card.connect')}
        </Button>
        <ConnectDialog databaseRef={database.ref} name={report.name} />
      </DialogTrigger>
      {mayOperate && <OperationsMenu operations={operations} />}
    </div>
  );
};

/** The card of one database: title, actions, and what is known of it or why not. */
export const DatabaseFrame = (props: {
  readonly database: EntityDatabase;
  readonly state: ReportState;
  readonly operations: Operations;
  /** Title of the client, where the card is on its entity. */
  readonly client?: string;
  /** Draws a report. */
  readonly draw: (drawn: FenceReportProps) => ReactNode;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { database, state, operations, client, draw } = props;
  // Ages must not lie behind the report that they are of.
  const now = useNow();
  const { report, error } = state;
  const { renew, repair } = operations;
  const mayOperate = state.database?.allowed.operate;
  const owner = ownersOf(database.entity);
  const name = report?.name ?? database.ref.namespace;

  return (
    <section aria-label={t('card.title', { name })}>
      <EntityInfoCard
        className={`${styles.card} ${common.readable}`}
        title={<Title name={name} database={database} client={client} />}
        headerActions={
          <Actions
            state={state}
            database={database}
            operations={operations}
            now={now}
          />
        }
      >
        {report &&
          draw({
            report,
            now,
            state: state.database?.state,
            caRotation: state.database?.caRotation,
            staleError: error,
            client,
            owner,
            onRenew: mayOperate && renew ? () => renew() : undefined,
            onRepair: mayOperate ? repair : undefined,
          })}
        {!report && error && (
          <FailedState
            error={error}
            database={stringifyDatabaseRef(database.ref)}
            owner={owner}
            onRetry={state.reload}
          />
        )}
        {!report && !error && <LoadingState />}
      </EntityInfoCard>
      {operations.dialogs}
    </section>
  );
};
