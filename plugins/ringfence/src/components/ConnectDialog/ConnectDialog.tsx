import { useCallback, useState, type ReactNode } from 'react';
import {
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  Skeleton,
  Tab,
  TabList,
  TabPanel,
  Tabs,
  Text,
  VisuallyHidden,
} from '@backstage/ui';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { RiErrorWarningLine, RiLock2Line } from '@remixicon/react';
import type {
  Access,
  Database,
  DatabaseRef,
  RingfenceApi,
  WayIn,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../../api';
import { failureKind, failureMessage } from '../../errors';
import { useLoad } from '../../hooks/useLoad';
import { ringfenceTranslationRef } from '../../translation';
import { Problem } from '../common/Problem';
import { SimulatedNotice } from '../common/SimulatedNotice';
import { AddressesAndCa } from './AddressesAndCa';
import { BundleStep } from './BundleStep';
import { ClientsStep } from './ClientsStep';
import { DiagnosisPart } from './DiagnosisPart';
import { LoginStep } from './LoginStep';
import { PeersStep } from './PeersStep';
import { useTeamRoles } from './RolePicker';
import { TestPart } from './TestPart';
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

/** How to connect, once it is known. */
const HowToConnect = (props: {
  readonly databaseRef: DatabaseRef;
  readonly access: Access;
  readonly allowed: Database['allowed'];
  readonly wayIn: WayIn;
}) => {
  const { databaseRef, access, allowed, wayIn } = props;
  const teamRoles = useTeamRoles(databaseRef);
  const appRole = access.connection.role;
  const [picked, setPicked] = useState<string>();
  const role = picked ?? appRole;
  return (
    <div className={`${styles.content} ${styles.tabbed}`}>
      <BundleStep
        databaseRef={databaseRef}
        access={access}
        allowed={allowed.downloadBundle}
        mode={wayIn.clientCertificates}
      />
      <LoginStep
        databaseRef={databaseRef}
        protocol={access.connection.protocol}
        appRole={appRole}
        role={role}
        teamRoles={teamRoles}
        allowed={allowed.readCredentials}
        onChange={setPicked}
      />
      <ClientsStep access={access} role={role} through={wayIn.through} />
      <AddressesAndCa access={access} />
      {wayIn.through !== 'nodes' && <PeersStep databaseRef={databaseRef} />}
    </div>
  );
};

const Parts = (props: {
  readonly databaseRef: DatabaseRef;
  readonly connect: ReactNode;
  readonly allowed: Database['allowed'];
  readonly wayIn: WayIn;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { databaseRef, connect, allowed, wayIn } = props;
  return (
    <Tabs>
      <TabList aria-label={t('connect.parts.label')}>
        <Tab id="connect">{t('connect.parts.connect')}</Tab>
        <Tab id="test">{t('connect.parts.test')}</Tab>
        <Tab id="diagnosis">{t('connect.parts.diagnosis')}</Tab>
      </TabList>
      <TabPanel id="connect">{connect}</TabPanel>
      <TabPanel id="test">
        <TestPart databaseRef={databaseRef} allowed={allowed.operate} />
      </TabPanel>
      <TabPanel id="diagnosis">
        <DiagnosisPart databaseRef={databaseRef} through={wayIn.through} />
      </TabPanel>
    </Tabs>
  );
};

/** Access may be missing where the others are most needed: while the gateway has no address. */
async function readBoth(api: RingfenceApi, ref: DatabaseRef) {
  const [access, database] = await Promise.allSettled([
    api.getAccess(ref),
    api.getDatabase(ref),
  ]);
  if (database.status === 'rejected') throw database.reason;
  if (access.status === 'rejected' && failureKind(access.reason) === 'denied') {
    throw access.reason;
  }
  const { allowed, wayIn } = database.value;
  return { ref, access, allowed, wayIn };
}

/** Mounted only while the dialog is open, so that closing it forgets everything. */
const ConnectContent = ({
  databaseRef: { kubernetesCluster, namespace },
}: {
  readonly databaseRef: DatabaseRef;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const api = useApi(ringfenceApiRef);
  const loaded = useLoad(
    useCallback(
      () => readBoth(api, { kubernetesCluster, namespace }),
      [api, kubernetesCluster, namespace],
    ),
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

  const { ref, access, allowed, wayIn } = loaded.value;
  const simulated =
    access.status === 'fulfilled' && access.value.connection.simulated;
  return (
    <div className={styles.content}>
      {simulated && <SimulatedNotice what={simulated} />}
      <Parts
        databaseRef={ref}
        allowed={allowed}
        wayIn={wayIn}
        connect={
          access.status === 'fulfilled' ? (
            <HowToConnect
              databaseRef={ref}
              access={access.value}
              allowed={allowed}
              wayIn={wayIn}
            />
          ) : (
            <LoadFailed error={access.reason} onRetry={loaded.reload} />
          )
        }
      />
    </div>
  );
};

/** All that a client needs to come in. Goes inside a `DialogTrigger`. */
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
