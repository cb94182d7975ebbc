import { useCallback } from 'react';
import { parseEntityRef } from '@backstage/catalog-model';
import { Select } from '@backstage/ui';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import type {
  DatabaseRef,
  IssuedCredential,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../../api';
import { useLoad } from '../../hooks/useLoad';
import { ringfenceTranslationRef } from '../../translation';
import styles from './ConnectDialog.module.css';

const NONE: readonly IssuedCredential[] = [];

/** The roles of teams, beside the one for every client; none where they cannot be read. */
export function useTeamRoles({
  kubernetesCluster,
  namespace,
}: DatabaseRef): readonly IssuedCredential[] {
  const api = useApi(ringfenceApiRef);
  const loaded = useLoad(
    useCallback(
      () => api.listCredentials({ kubernetesCluster, namespace }),
      [api, kubernetesCluster, namespace],
    ),
  );
  return loaded.status === 'loaded' ? loaded.value : NONE;
}

/** Picks whom the client logs in as. */
export const RolePicker = (props: {
  readonly appRole: string;
  readonly teamRoles: readonly IssuedCredential[];
  readonly role: string;
  readonly onChange: (role: string) => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { appRole, teamRoles, role, onChange } = props;
  return (
    <Select
      label={t('connect.login.role')}
      className={styles.picker}
      options={[
        {
          value: appRole,
          label: t('connect.login.roleForAll', { role: appRole }),
        },
        ...teamRoles.map(credential => ({
          value: credential.role,
          label: t('connect.login.roleOf', {
            role: credential.role,
            team: parseEntityRef(credential.team).name,
          }),
        })),
      ]}
      value={role}
      onChange={value => onChange(String(value))}
    />
  );
};
