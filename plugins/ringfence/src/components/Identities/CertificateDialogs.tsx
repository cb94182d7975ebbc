import { FormEvent, useState } from 'react';
import { Text, TextField } from '@backstage/ui';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  clientCertificateRequestSchema,
  type DatabaseRef,
  type IssuedClientCertificate,
  type NewClientCertificate,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../../api';
import { useNow } from '../../hooks/useNow';
import { useRequest } from '../../hooks/useRequest';
import { useTimes } from '../../hooks/useTimes';
import { ringfenceTranslationRef } from '../../translation';
import { IdentityDialog } from './IdentityDialog';
import { NewCertificate } from './NewCertificate';
import styles from './Identities.module.css';

interface DialogProps {
  readonly databaseRef: DatabaseRef;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

interface OneProps extends DialogProps {
  readonly certificate: IssuedClientCertificate;
}

/** Asks for which team, and hands out certificate and key. */
export const IssueCertificateDialog = (props: DialogProps) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const api = useApi(ringfenceApiRef);
  const { databaseRef, onDone, onClose } = props;
  const [team, setTeam] = useState('');
  const [tried, setTried] = useState(false);
  const { request, send } = useRequest<NewClientCertificate>(onDone);
  const asked = { team: team.trim() };
  const isValid = clientCertificateRequestSchema.safeParse(asked).success;
  const problem =
    tried && !isValid
      ? t('identities.certificates.issue.teamInvalid')
      : undefined;

  const submit = () => {
    setTried(true);
    if (isValid) send(() => api.issueClientCertificate(databaseRef, asked));
  };
  return (
    <IdentityDialog
      title={t('identities.certificates.issue.title')}
      request={request}
      onClose={onClose}
      confirm={t('identities.certificates.issue.confirm')}
      onConfirm={submit}
      outcome={made => <NewCertificate made={made} />}
    >
      <Text as="p">{t('identities.certificates.issue.text')}</Text>
      <form
        className={styles.form}
        noValidate
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          submit();
        }}
      >
        <TextField
          label={t('identities.certificates.issue.team')}
          secondaryLabel={t('identities.required')}
          description={t('identities.certificates.issue.teamHint')}
          value={team}
          onChange={setTeam}
          validate={() => problem ?? null}
          validationBehavior="aria"
          autoComplete="off"
        />
      </form>
    </IdentityDialog>
  );
};

/** Asks, and hands out the next certificate and key. */
export const RenewCertificateDialog = (props: OneProps) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const api = useApi(ringfenceApiRef);
  const { databaseRef, onDone, onClose } = props;
  const { team } = props.certificate;
  const { request, send } = useRequest<NewClientCertificate>(onDone);
  return (
    <IdentityDialog
      title={t('identities.certificates.renew.title', { team })}
      request={request}
      onClose={onClose}
      confirm={t('identities.certificates.renew.confirm')}
      onConfirm={() =>
        send(() => api.issueClientCertificate(databaseRef, { team }))
      }
      outcome={made => <NewCertificate made={made} />}
    >
      <Text as="p">{t('identities.certificates.renew.text')}</Text>
    </IdentityDialog>
  );
};

/** Says until when it still gets in, and takes it away. */
export const RevokeCertificateDialog = (props: OneProps) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const api = useApi(ringfenceApiRef);
  const times = useTimes();
  const now = useNow();
  const { databaseRef, onDone, onClose } = props;
  const { team, notAfter } = props.certificate;
  const { request, send } = useRequest<void>(onDone);
  return (
    <IdentityDialog
      title={t('identities.certificates.revoke.title', { team })}
      request={request}
      onClose={onClose}
      confirm={t('identities.certificates.revoke.confirm')}
      destructive
      onConfirm={() =>
        send(() => api.revokeClientCertificate(databaseRef, team))
      }
      outcome={() => (
        <Text as="p" role="status">
          {t('identities.certificates.revoke.done', { team })}
        </Text>
      )}
    >
      <Text as="p">
        {t('identities.certificates.revoke.text')}{' '}
        {notAfter && (
          <strong>
            {t('identities.certificates.revoke.until', {
              expiry: times.expiry(notAfter, now),
            })}
          </strong>
        )}
      </Text>
    </IdentityDialog>
  );
};
