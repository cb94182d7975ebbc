import { useCallback } from 'react';
import { Select, Text } from '@backstage/ui';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../../api';
import { failureMessage } from '../../errors';
import { useLoad } from '../../hooks/useLoad';
import { ringfenceTranslationRef } from '../../translation';
import type { ClientCertificateMode } from '../Identities/clientCertificateMode';
import styles from './ConnectDialog.module.css';

/** Key of the choice of none. */
const NONE = '';

/** Picks whose client certificate is put into the bundle, where the database takes any. */
export const CertificatePicker = (props: {
  readonly databaseRef: DatabaseRef;
  readonly mode: Exclude<ClientCertificateMode, 'off'>;
  /** Team; absent: none. */
  readonly team: string | undefined;
  readonly onChange: (team: string | undefined) => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const api = useApi(ringfenceApiRef);
  const { databaseRef, mode, team, onChange } = props;
  const { kubernetesCluster, namespace } = databaseRef;
  const loaded = useLoad(
    useCallback(
      () => api.listClientCertificates({ kubernetesCluster, namespace }),
      [api, kubernetesCluster, namespace],
    ),
  );
  if (loaded.status === 'loading') return null;
  if (loaded.status === 'failed') {
    return (
      <Text as="p" variant="body-small" role="alert">
        {t('connect.certificate.failed', {
          message: failureMessage(loaded.error),
        })}
      </Text>
    );
  }
  if (loaded.value.length === 0) {
    return (
      <Text as="p" variant="body-medium">
        {t(`connect.certificate.none.${mode}`)}
      </Text>
    );
  }
  return (
    <Select
      label={t('connect.certificate.label')}
      description={t(`connect.certificate.hint.${mode}`)}
      className={styles.picker}
      options={[
        { value: NONE, label: t('connect.certificate.without') },
        ...loaded.value.map(certificate => ({
          value: certificate.team,
          label: t('connect.certificate.of', { team: certificate.team }),
        })),
      ]}
      value={team ?? NONE}
      onChange={value => onChange(value ? String(value) : undefined)}
    />
  );
};
