import { useCallback } from 'react';
import { Text } from '@backstage/ui';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type {
  DatabaseRef,
  Finding,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../../api';
import { useLoad } from '../../hooks/useLoad';
import { useNow } from '../../hooks/useNow';
import { ringfenceTranslationRef } from '../../translation';
import { Ago } from '../common/Ago';
import { StatusIcon } from '../common/StatusIcon';
import styles from './ConnectDialog.module.css';

const CHECK = 'certificate.holders';

/** Who holds one, and since when, out of the words of the check's evidence. */
export function holderOf(evidence: string) {
  const [, userRef, takenAt] = /^(\S+), taken (\S+)$/.exec(evidence) ?? [];
  return userRef && !Number.isNaN(Date.parse(takenAt))
    ? { userRef, takenAt }
    : undefined;
}

const Holder = (props: { readonly evidence: string; readonly now: Date }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const holder = holderOf(props.evidence);
  if (!holder) return <>{props.evidence}</>;
  return (
    <>
      <EntityRefLink entityRef={holder.userRef} />
      {', '}
      {t('connect.receipts.taken')}{' '}
      <Ago moment={holder.takenAt} now={props.now} />
    </>
  );
};

const Holders = (props: { readonly finding: Finding }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const now = useNow();
  const { holders } = props.finding.evidence;
  return (
    <>
      <Text as="p" variant="body-medium">
        {t('connect.receipts.outgoing')}
      </Text>
      <ul className={styles.holders}>
        {(Array.isArray(holders) ? holders : []).map(holder => (
          <li key={holder}>
            <Holder evidence={holder} now={now} />
          </li>
        ))}
      </ul>
    </>
  );
};

/** Whose bundle does not carry the present CA; nothing while that is not known. */
export const OutgoingBundles = ({
  databaseRef: { kubernetesCluster, namespace },
}: {
  readonly databaseRef: DatabaseRef;
}) => {
  const api = useApi(ringfenceApiRef);
  const loaded = useLoad(
    useCallback(
      () => api.getReport({ kubernetesCluster, namespace }),
      [api, kubernetesCluster, namespace],
    ),
  );
  if (loaded.status !== 'loaded') return null;
  const finding = loaded.value.findings.find(({ check }) => check === CHECK);
  if (!finding) return null;
  return (
    <div className={styles.receipts}>
      <StatusIcon status={finding.status} size={16} />
      <div className={styles.receiptsBody}>
        {finding.status === 'warning' || finding.status === 'failing' ? (
          <Holders finding={finding} />
        ) : (
          <Text as="p" variant="body-small" color="secondary">
            {finding.summary}
          </Text>
        )}
      </div>
    </div>
  );
};
