import { ReactNode, useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';
import { useRouteRef } from '@backstage/core-plugin-api';
import {
  Alert,
  Button,
  ButtonLink,
  Container,
  Skeleton,
  Text,
  VisuallyHidden,
} from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  RiAddLine,
  RiDatabase2Line,
  RiDownloadLine,
  RiFilterOffLine,
} from '@remixicon/react';
import type { FleetRow } from '@ringfence/backstage-plugin-ringfence-common';
import { saveAs } from '../../download';
import { failureMessage } from '../../errors';
import { useFleet } from '../../hooks/useFleet';
import { useNow } from '../../hooks/useNow';
import { createDatabaseRouteRef } from '../../routes';
import { ringfenceTranslationRef } from '../../translation';
import { LoadFailure } from '../common/LoadFailure';
import { Problem } from '../common/Problem';
import { FleetFilters } from './FleetFilters';
import { FleetTable } from './FleetTable';
import { fleetCsv } from './fleetCsv';
import {
  FleetQuery,
  isNarrowed,
  queryFleet,
  readQuery,
  writeQuery,
} from './fleetQuery';
import common from '../common/common.module.css';
import styles from './FleetPage.module.css';

const CreateLink = () => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const createRoute = useRouteRef(createDatabaseRouteRef);
  if (!createRoute) return null;
  return (
    <ButtonLink
      variant="primary"
      // Every template of Ringfence carries this tag.
      href={`${createRoute()}?filters[tags]=ringfence`}
      iconStart={<RiAddLine aria-hidden />}
    >
      {t('fleet.create')}
    </ButtonLink>
  );
};

const Loading = () => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  return (
    <div className={styles.loading} aria-busy>
      <VisuallyHidden role="status">{t('fleet.loading')}</VisuallyHidden>
      <Skeleton width="100%" height={56} />
      {[1, 2, 3, 4, 5, 6].map(row => (
        <Skeleton key={row} width="100%" height={44} />
      ))}
    </div>
  );
};

const Failed = (props: {
  readonly error: Error;
  readonly onRetry: () => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  return (
    <LoadFailure
      {...props}
      denied={{ title: t('fleet.denied.title'), text: t('fleet.denied.text') }}
      failedTitle={t('fleet.error.title')}
    />
  );
};

const Empty = () => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  return (
    <Problem
      icon={<RiDatabase2Line aria-hidden />}
      title={t('fleet.empty.title')}
    >
      <Text as="p">{t('fleet.empty.text')}</Text>
      <div>
        <CreateLink />
      </div>
    </Problem>
  );
};

const Nothing = (props: {
  readonly count: number;
  readonly onClear: () => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  return (
    <Problem
      icon={<RiFilterOffLine aria-hidden />}
      title={t('fleet.nothing.title')}
    >
      <Text as="p">{t('fleet.nothing.text', { of: String(props.count) })}</Text>
      <div>
        <Button variant="secondary" onPress={props.onClear}>
          {t('fleet.clear')}
        </Button>
      </div>
    </Problem>
  );
};

const Head = (props: {
  readonly shown: readonly FleetRow[];
  readonly count: number;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { shown, count } = props;
  const words =
    shown.length === count
      ? t('fleet.count', { count })
      : t('fleet.countOf', { shown: String(shown.length), of: String(count) });
  const save = () => {
    const day = new Date().toISOString().slice(0, 10);
    saveAs(
      `databases-${day}.csv`,
      new Blob([fleetCsv(shown)], { type: 'text/csv;charset=utf-8' }),
    );
  };
  return (
    <div className={styles.head}>
      <Text as="h2" variant="title-x-small" weight="bold">
        <span role="status">{words}</span>
      </Text>
      <div className={styles.headActions}>
        <Button
          variant="secondary"
          iconStart={<RiDownloadLine aria-hidden />}
          isDisabled={shown.length === 0}
          onPress={save}
        >
          {t('fleet.export')}
        </Button>
        <CreateLink />
      </div>
    </div>
  );
};

const Fleet = (props: { readonly rows: readonly FleetRow[] }) => {
  const { rows } = props;
  const [params, setParams] = useSearchParams();
  const now = useNow(60_000);
  const query = useMemo(() => readQuery(params), [params]);
  const shown = useMemo(() => queryFleet(rows, query, now), [rows, query, now]);
  const onChange = (next: FleetQuery) =>
    // A keystroke is no page to go back to.
    setParams(writeQuery(next), { replace: true });

  return (
    <>
      <Head shown={shown} count={rows.length} />
      <FleetFilters rows={rows} query={query} onChange={onChange} />
      {shown.length === 0 && isNarrowed(query) ? (
        <Nothing
          count={rows.length}
          onClear={() =>
            onChange({
              ...readQuery(new URLSearchParams()),
              sort: query.sort,
            })
          }
        />
      ) : (
        <FleetTable
          rows={shown}
          sort={query.sort}
          onSortChange={sort => onChange({ ...query, sort })}
          now={now}
        />
      )}
    </>
  );
};

/** All databases that the user may see: searched, narrowed, sorted, exported. */
export const FleetPage = () => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { rows, error, reload } = useFleet();

  let content: ReactNode = <Loading />;
  if (rows?.length === 0) content = <Empty />;
  else if (rows) content = <Fleet rows={rows} />;
  else if (error) content = <Failed error={error} onRetry={reload} />;

  return (
    <Container>
      <div className={`${styles.page} ${common.readable}`}>
        {rows && error && (
          <Alert
            status="warning"
            icon
            title={t('fleet.error.stale', { message: failureMessage(error) })}
          />
        )}
        {content}
      </div>
    </Container>
  );
};
