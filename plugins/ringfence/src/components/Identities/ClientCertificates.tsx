import { useCallback, useState } from 'react';
import { Button, Text } from '@backstage/ui';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { RiAddLine } from '@remixicon/react';
import type {
  DatabaseRef,
  IssuedClientCertificate,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../../api';
import { useLoad } from '../../hooks/useLoad';
import { useTimes } from '../../hooks/useTimes';
import { ringfenceTranslationRef } from '../../translation';
import { CodeLine } from '../common/CodeLine';
import { Loaded, Nothing } from '../FenceTab/Part';
import {
  IssueCertificateDialog,
  RenewCertificateDialog,
  RevokeCertificateDialog,
} from './CertificateDialogs';
import type { ClientCertificateMode } from './clientCertificateMode';
import { Identity, IdentityAction } from './Identity';
import { IssuedBy } from './IssuedBy';
import { Section } from './Section';
import styles from './Identities.module.css';

type Asked =
  | { readonly what: 'issue' }
  | {
      readonly what: 'renew' | 'revoke';
      readonly certificate: IssuedClientCertificate;
    };

const TeamCertificate = (props: {
  readonly certificate: IssuedClientCertificate;
  readonly now: Date;
  readonly actions: readonly IdentityAction[];
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const times = useTimes();
  const { certificate, now, actions } = props;
  const { team, secret, notAfter } = certificate;
  return (
    <Identity
      name={team}
      facts={[
        {
          label: t('identities.certificates.valid'),
          value: notAfter ? (
            <time dateTime={notAfter} title={times.absolute(notAfter)}>
              {times.expiry(notAfter, now)}
            </time>
          ) : (
            t('identities.certificates.pending')
          ),
        },
        {
          label: t('identities.roles.issued'),
          value: (
            <IssuedBy
              at={certificate.issuedAt}
              by={certificate.issuedBy}
              now={now}
            />
          ),
        },
        {
          label: t('identities.certificates.secret'),
          value: <code>{secret}</code>,
        },
      ]}
      actions={actions}
    />
  );
};

const Off = () => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  return (
    <>
      <Nothing>{t('identities.certificates.off')}</Nothing>
      <CodeLine
        text={'access:\n  clientCertificates: optional'}
        copyLabel={t('identities.certificates.copySpec')}
      />
    </>
  );
};

const Dialogs = (props: {
  readonly databaseRef: DatabaseRef;
  readonly asked: Asked | undefined;
  readonly onDone: () => void;
  readonly onClose: () => void;
}) => {
  const { asked, ...rest } = props;
  if (!asked) return null;
  if (asked.what === 'issue') return <IssueCertificateDialog {...rest} />;
  const Dialog =
    asked.what === 'renew' ? RenewCertificateDialog : RevokeCertificateDialog;
  return <Dialog {...rest} certificate={asked.certificate} />;
};

const Certificates = (props: {
  readonly certificates: readonly IssuedClientCertificate[];
  readonly allowed: boolean;
  readonly now: Date;
  readonly onAsk: (asked: Asked) => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { certificates, allowed, now, onAsk } = props;
  if (certificates.length === 0)
    return <Nothing>{t('identities.certificates.none')}</Nothing>;
  return (
    <ul className={styles.list} aria-label={t('identities.certificates.title')}>
      {certificates.map(certificate => {
        const { team } = certificate;
        const actionOf = (what: 'renew' | 'revoke') => ({
          text: t(`identities.certificates.${what}.action`),
          label: t(`identities.certificates.${what}.actionOf`, { team }),
          onPress: () => onAsk({ what, certificate }),
        });
        return (
          <TeamCertificate
            key={team}
            certificate={certificate}
            now={now}
            actions={allowed ? [actionOf('renew'), actionOf('revoke')] : []}
          />
        );
      })}
    </ul>
  );
};

/** What teams show to the database. */
export const ClientCertificates = (props: {
  readonly databaseRef: DatabaseRef;
  readonly mode: ClientCertificateMode;
  readonly allowed: boolean;
  readonly now: Date;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const api = useApi(ringfenceApiRef);
  const { databaseRef, mode, allowed, now } = props;
  const { kubernetesCluster, namespace } = databaseRef;
  const [changes, setChanges] = useState(0);
  const [asked, setAsked] = useState<Asked>();
  const load = useLoad(
    useCallback(
      // Without it there is nothing to list, wherever it is.
      async () =>
        mode === 'off'
          ? []
          : api.listClientCertificates({ kubernetesCluster, namespace }),
      [api, kubernetesCluster, namespace, mode],
    ),
    String(changes),
  );
  const onDone = useCallback(() => setChanges(count => count + 1), []);
  const onClose = useCallback(() => setAsked(undefined), []);
  return (
    <Section
      title={t('identities.certificates.title')}
      action={
        mode !== 'off' &&
        allowed && (
          <Button
            variant="secondary"
            iconStart={<RiAddLine aria-hidden />}
            onPress={() => setAsked({ what: 'issue' })}
          >
            {t('identities.certificates.issue.action')}
          </Button>
        )
      }
    >
      {mode === 'off' ? (
        <Off />
      ) : (
        <>
          <Text as="p" variant="body-medium">
            {t(`identities.certificates.${mode}`)}
          </Text>
          <Loaded load={load} failed={t('identities.certificates.failed')}>
            {certificates => (
              <Certificates
                certificates={certificates}
                allowed={allowed}
                now={now}
                onAsk={setAsked}
              />
            )}
          </Loaded>
        </>
      )}
      <Dialogs
        databaseRef={databaseRef}
        asked={asked}
        onDone={onDone}
        onClose={onClose}
      />
    </Section>
  );
};
