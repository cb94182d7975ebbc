import { useState } from 'react';
import { Select, Text } from '@backstage/ui';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import type {
  DatabaseRef,
  IssuedCredential,
  NewCredential,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../../api';
import { useRequest } from '../../hooks/useRequest';
import { useTimes } from '../../hooks/useTimes';
import { ringfenceTranslationRef } from '../../translation';
import { IdentityDialog } from './IdentityDialog';
import { NewLogin } from './NewLogin';

const HOURS = ['24', '168', '1', '0'] as const;
type Hours = (typeof HOURS)[number];

/** Asks how long the present role still logs in, and makes the next. */
export const RotateRoleDialog = (props: {
  readonly databaseRef: DatabaseRef;
  readonly credential: IssuedCredential;
  readonly onRotated: () => void;
  readonly onClose: () => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const api = useApi(ringfenceApiRef);
  const times = useTimes();
  const { databaseRef, onRotated, onClose } = props;
  // The list is read again underneath: the dialog stays with what it asked about.
  const [{ name, role, previous }] = useState(props.credential);
  const [hours, setHours] = useState<Hours>('24');
  const { request, send } = useRequest<NewCredential>(onRotated);
  return (
    <IdentityDialog
      title={t('identities.rotate.title', { name })}
      request={request}
      onClose={onClose}
      confirm={t('identities.rotate.confirm')}
      onConfirm={() =>
        send(() =>
          api.rotateCredential(databaseRef, name, {
            graceHours: Number(hours),
          }),
        )
      }
      outcome={made => (
        <NewLogin
          made={made}
          namespace={databaseRef.namespace}
          done={t('identities.rotate.done', { role: made.credential.role })}
          note={
            made.credential.previous
              ? t('identities.rotate.until', {
                  role,
                  until: times.absolute(made.credential.previous.until),
                })
              : t('identities.rotate.ended', { role })
          }
        />
      )}
    >
      <Text as="p">{t('identities.rotate.text', { role })}</Text>
      {previous && (
        <Text as="p">
          <strong>
            {t('identities.rotate.stillThere', { role: previous.role })}
          </strong>
        </Text>
      )}
      <Select
        label={t('identities.rotate.grace', { role })}
        options={HOURS.map(value => ({
          value,
          label: t(`identities.rotate.hours.${value}`),
        }))}
        value={hours}
        onChange={value => setHours(value as Hours)}
      />
      {hours === '0' && <Text as="p">{t('identities.rotate.atOnce')}</Text>}
    </IdentityDialog>
  );
};
