import { ReactNode, useCallback, useState } from 'react';
import { Alert, Text } from '@backstage/ui';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  DatabaseDetails,
  DatabaseRef,
  Report,
  TrafficPoint,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../../api';
import { Load, useLoad } from '../../hooks/useLoad';
import { useNow } from '../../hooks/useNow';
import { ReportState, useReport } from '../../hooks/useReport';
import { EntityDatabase } from '../../hooks/useEntityDatabases';
import { ringfenceTranslationRef } from '../../translation';
import { Operations, useOperations } from '../Actions/useOperations';
import { DatabaseFrame } from '../FenceCard/DatabaseFrame';
import { FenceSummary } from '../FenceCard/FenceReport';
import { IdentitiesPart } from '../Identities/IdentitiesPart';
import { CertificateChain } from './CertificateChain';
import { ChecksPart } from './ChecksPart';
import { NodesTable, PeersTable, WarningsTable } from './DetailTables';
import { ManifestsPart } from './ManifestsPart';
import { Loaded, Part } from './Part';
import { TrafficChart } from './TrafficChart';
import styles from './FenceTab.module.css';

type Reloadable<T> = Load<T> & { readonly reload: () => void };

/** What could not be looked at is said, never left out. */
const NotSeen = (props: { readonly details: Reloadable<DatabaseDetails> }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { details } = props;
  if (details.status !== 'loaded') return null;
  return (
    <>
      {details.value.unknown.map(({ what, why }) => (
        <Alert
          key={what}
          status="info"
          icon
          title={t('tab.notSeen', { what, why })}
        />
      ))}
    </>
  );
};

function useDetails({ kubernetesCluster, namespace }: DatabaseRef, at: string) {
  const api = useApi(ringfenceApiRef);
  const details = useLoad(
    useCallback(
      () => api.getDetails({ kubernetesCluster, namespace }),
      [api, kubernetesCluster, namespace],
    ),
    at,
  );
  const traffic = useLoad(
    useCallback(
      () => api.getTraffic({ kubernetesCluster, namespace }),
      [api, kubernetesCluster, namespace],
    ),
    at,
  );
  return { details, traffic };
}

const Details = (props: {
  readonly details: Reloadable<DatabaseDetails>;
  readonly traffic: Reloadable<readonly TrafficPoint[]>;
  readonly topology: Report['topology'];
  readonly now: Date;
  readonly onRenew?: (certificate: string) => void;
  /** Below the certificates. */
  readonly identities: ReactNode;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { details, traffic, topology, now, onRenew } = props;
  const failed = t('tab.detailsFailed');
  return (
    <>
      <NotSeen details={details} />
      <Part title={t('tab.certificates.title')}>
        <Loaded load={details} failed={failed}>
          {({ certificates }) => (
            <CertificateChain
              certificates={certificates}
              now={now}
              onRenew={onRenew}
            />
          )}
        </Loaded>
      </Part>
      {props.identities}
      <Part title={t('tab.traffic.title')}>
        <Loaded load={traffic} failed={t('tab.traffic.failed')}>
          {points => <TrafficChart points={points} now={now} />}
        </Loaded>
        <Text as="h4" variant="body-medium" weight="bold">
          {t('tab.peers.title')}
        </Text>
        <Loaded load={details} failed={failed}>
          {({ peers }) => <PeersTable peers={peers} />}
        </Loaded>
      </Part>
      <Part title={t('tab.nodes.title')}>
        <Loaded load={details} failed={failed}>
          {({ nodes }) => (
            <NodesTable nodes={nodes} topology={topology} now={now} />
          )}
        </Loaded>
      </Part>
      <Part title={t('tab.warnings.title')}>
        <Loaded load={details} failed={failed}>
          {({ warnings }) => <WarningsTable warnings={warnings} now={now} />}
        </Loaded>
      </Part>
    </>
  );
};

const Known = (props: {
  readonly database: EntityDatabase;
  readonly state: ReportState;
  readonly operations: Operations;
  readonly runs: number;
}) => {
  const now = useNow();
  const { database, state, operations, runs } = props;
  const report = state.report!;
  const { details, traffic } = useDetails(
    database.ref,
    `${report.observedAt} ${runs}`,
  );
  const { allowed, wayIn } = state.database ?? {};
  return (
    <>
      <ChecksPart report={report} now={now} />
      <Details
        details={details}
        traffic={traffic}
        topology={report.topology}
        now={now}
        onRenew={allowed?.operate ? operations.renew : undefined}
        identities={
          <IdentitiesPart
            databaseRef={database.ref}
            allowed={allowed?.issueCredentials ?? false}
            wayIn={wayIn}
            now={now}
          />
        }
      />
      <ManifestsPart
        databaseRef={database.ref}
        version={String(runs)}
        onRepair={allowed?.operate ? operations.repair : undefined}
      />
    </>
  );
};

/** All that is known of one database. */
export const DatabaseTab = (props: { readonly database: EntityDatabase }) => {
  const { database } = props;
  const state = useReport(database.ref);
  // A run changes what is there before the next report says so.
  const [runs, setRuns] = useState(0);
  const onEnd = useCallback(() => setRuns(count => count + 1), []);
  const operations = useOperations(database.ref, state, onEnd);
  return (
    <div className={styles.tab}>
      <DatabaseFrame
        database={database}
        state={state}
        operations={operations}
        draw={drawn => <FenceSummary {...drawn} />}
      />
      {state.report && (
        <Known
          database={database}
          state={state}
          operations={operations}
          runs={runs}
        />
      )}
    </div>
  );
};
