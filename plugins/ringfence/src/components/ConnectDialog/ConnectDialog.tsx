import { useCallback } from 'react';
import {
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  Skeleton,
  Text,
  VisuallyHidden,
} from '@backstage/ui';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { RiErrorWarningLine, RiLock2Line } from '@remixicon/react';
import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../../api';
import { failureKind, failureMessage } from '../../errors';
import { useLoad } from '../../hooks/useLoad';
import { ringfenceTranslationRef } from '../../translation';
import { Problem } from '../common/Problem';
import { SimulatedNotice } from '../common/SimulatedNotice';
import { AddressesAndCa } from './AddressesAndCa';
import { BundleStep } from './BundleStep';
import { ClientsStep } from './ClientsStep';
import { LoginStep } from './LoginStep';
import common from '../common/common.module.css';
import styles from './ConnectDialog.module.css';

const LoadFailed = (props: {
  readonly error: Error;
  readonly onRetry: () => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  if (failureKind(props.error) === 'denied') {
    return (
      <Problem
        icon={<RiLock2Line aria-hidden />}
        title={t('connect.deniedTitle')}
      >
        <Text as="p">{t('connect.deniedText')}</Text>
      </Problem>
    );
  }
  return (
    <Problem
      icon={<RiErrorWarningLine aria-hidden />}
      title={t('connect.errorTitle')}
      onRetry={props.onRetry}
      role="alert"
    >
      <Text as="p">{failureMessage(props.error)}</Text>
    </Problem>
  );
};

/** Mounted only while the dialog is open, so that closing it forgets everything. */
const ConnectContent = ({
  databaseRef: { kubernetesCluster, namespace },
}: {
  readonly databaseRef: DatabaseRef;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const api = useApi(ringfenceApiRef);
  const loaded = useLoad(
    useCallback(async () => {
      const ref = { kubernetesCluster, namespace };
      const [access, database] = await Promise.all([
        api.getAccess(ref),
        api.getDatabase(ref),
      ]);
      return { ref, access, allowed: database.allowed };
    }, [api, kubernetesCluster, namespace]),
  );

  if (loaded.status === 'failed')
    return <LoadFailed error={loaded.error} onRetry={loaded.reload} />;
  if (loaded.status === 'loading') {
    return (
      <div className={styles.content} aria-busy>
        <VisuallyHidden role="status">{t('connect.loading')}</VisuallyHidden>
        <Skeleton width="100%" height={96} />
        <Skeleton width="100%" height={72} />
        <Skeleton width="100%" height={160} />
      </div>
    );
  }

  const { ref, access, allowed } = loaded.value;
  const { simulated, role } = access.connection;
  return (
    <div className={styles.content}>
      {simulated && <SimulatedNotice what={simulated} />}
      <BundleStep
        databaseRef={ref}
        access={access}
        allowed={allowed.downloadBundle}
      />
      <LoginStep
        databaseRef={ref}
        role={role}
        allowed={allowed.readCredentials}
      />
      <ClientsStep access={access} />
      <AddressesAndCa access={access} />
    </div>
  );
};

/** All that a client needs to come in through the gateway. Goes inside a `DialogTrigger`. */
export const ConnectDialog = (props: {
  readonly databaseRef: DatabaseRef;
  readonly name: string;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  return (
    <Dialog width={760} className={`${styles.dialog} ${common.readable}`}>
      <DialogHeader>{t('connect.title', { name: props.name })}</DialogHeader>
      <DialogBody>
        <ConnectContent databaseRef={props.databaseRef} />
      </DialogBody>
      <DialogFooter>
        <Button variant="secondary" slot="close">
          {t('connect.close')}
        </Button>
      </DialogFooter>
    </Dialog>
  );
};
