import { useState } from 'react';
import { Text } from '@backstage/ui';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import type {
  DatabaseRef,
  IssuedCredential,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../../api';
import { useRequest } from '../../hooks/useRequest';
import { ringfenceTranslationRef } from '../../translation';
import { IdentityDialog } from './IdentityDialog';

/** Says what is taken away, and takes it away. */
export const RevokeRoleDialog = (props: {
  readonly databaseRef: DatabaseRef;
  readonly credential: IssuedCredential;
  readonly onRevoked: () => void;
  readonly onClose: () => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const api = useApi(ringfenceApiRef);
  const { databaseRef, onRevoked, onClose } = props;
  const [{ name, role, previous, secret }] = useState(props.credential);
  const { request, send } = useRequest<void>(onRevoked);
  const roles = previous ? `${role}, ${previous.role}` : role;
  return (
    <IdentityDialog
      title={t('identities.revoke.title', { name })}
      request={request}
      onClose={onClose}
      confirm={t('identities.revoke.confirm')}
      destructive
      onConfirm={() => send(() => api.revokeCredential(databaseRef, name))}
      outcome={() => (
        <Text as="p" role="status">
          {t('identities.revoke.done', { name })}
        </Text>
      )}
    >
      <Text as="p">{t('identities.revoke.text', { roles, secret })}</Text>
    </IdentityDialog>
  );
};
