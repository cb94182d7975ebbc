import { ReactNode, useCallback } from 'react';
import { Skeleton, Text } from '@backstage/ui';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import type {
  DatabaseRef,
  ManifestDrift,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../../api';
import { failureMessage } from '../../errors';
import { useLoad } from '../../hooks/useLoad';
import { Run } from '../../hooks/useRun';
import { ringfenceTranslationRef } from '../../translation';
import { DriftFields } from '../common/DriftFields';
import { ActionDialog } from './ActionDialog';
import styles from './Actions.module.css';

const Drifted = (props: { readonly drifted: readonly ManifestDrift[] }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { drifted } = props;
  const managers = [
    ...new Set(
      drifted.flatMap(one => one.drift.flatMap(({ manager }) => manager ?? [])),
    ),
  ];
  if (drifted.length === 0)
    return <Text as="p">{t('actions.repair.nothing')}</Text>;
  return (
    <>
      <Text as="p">{t('actions.repair.text')}</Text>
      <ul className={styles.drifted}>
        {drifted.map(({ object, drift }) => (
          <li key={object}>
            <Text as="h4" variant="body-medium" weight="bold">
              {object}
            </Text>
            <DriftFields object={object} drift={drift} />
          </li>
        ))}
      </ul>
      {managers.length > 0 && (
        <Text as="p">
          {t('actions.repair.managers', {
            managers: managers.map(one => `"${one}"`).join(', '),
          })}
        </Text>
      )}
    </>
  );
};

const RepairContent = (props: {
  readonly databaseRef: DatabaseRef;
  readonly run: Run;
  readonly onOpenChange: (isOpen: boolean) => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const api = useApi(ringfenceApiRef);
  const { run } = props;
  const { kubernetesCluster, namespace } = props.databaseRef;
  // Asked anew, whatever the tab shows: this is what is about to be overwritten.
  const compared = useLoad(
    useCallback(
      () => api.getDrift({ kubernetesCluster, namespace }),
      [api, kubernetesCluster, namespace],
    ),
  );
  const drifted =
    compared.status === 'loaded'
      ? compared.value.filter(({ drift }) => drift.length > 0)
      : [];

  let content: ReactNode = (
    <div aria-busy>
      <Text as="p">{t('tab.manifests.loading')}</Text>
      <Skeleton width="100%" height={80} />
    </div>
  );
  if (compared.status === 'loaded') content = <Drifted drifted={drifted} />;
  if (compared.status === 'failed') {
    content = (
      <Text as="p" role="alert">
        {t('tab.manifests.failed')}: {failureMessage(compared.error)}
      </Text>
    );
  }
  return (
    <ActionDialog
      title={t('actions.repair.title')}
      run={run}
      isOpen
      onOpenChange={props.onOpenChange}
      confirm={t('actions.repair.confirm', { count: drifted.length })}
      again={t('actions.repair.again')}
      done={t('actions.repair.done')}
      canConfirm={drifted.length > 0}
      onConfirm={() =>
        run.start(() => api.repairDrift({ kubernetesCluster, namespace }))
      }
    >
      {content}
    </ActionDialog>
  );
};

/** Shows what would be overwritten, and who set it, before anything is. */
export const RepairDialog = (props: {
  readonly databaseRef: DatabaseRef;
  readonly run: Run;
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
}) => (props.isOpen ? <RepairContent {...props} /> : null);
