import { Button, Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { RiEyeLine, RiEyeOffLine } from '@remixicon/react';
import type {
  Access,
  DatabaseRef,
  IssuedCredential,
} from '@ringfence/backstage-plugin-ringfence-common';
import { failureMessage } from '../../errors';
import { Reveal, useReveal } from '../../hooks/useReveal';
import { ringfenceTranslationRef } from '../../translation';
import { CopyButton } from '../common/CopyButton';
import { Facts } from './Facts';
import { RolePicker } from './RolePicker';
import { Step } from './Step';
import styles from './ConnectDialog.module.css';

type Protocol = Access['connection']['protocol'];

const HIDDEN = '••••••••••••';

const Password = (props: { readonly reveal: Reveal }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { credentials, secondsLeft, pending, reveal, hide } = props.reveal;
  return (
    <>
      {credentials ? (
        <code className={styles.password}>{credentials.password}</code>
      ) : (
        <span aria-hidden className={styles.hiddenPassword}>
          {HIDDEN}
        </span>
      )}
      {credentials && (
        <CopyButton
          text={credentials.password}
          label={t('connect.login.copyPassword')}
        />
      )}
      {/* One button for both, so that the focus stays where it is. */}
      <Button
        variant={credentials ? 'tertiary' : 'secondary'}
        iconStart={
          credentials ? <RiEyeOffLine aria-hidden /> : <RiEyeLine aria-hidden />
        }
        isPending={pending}
        onPress={credentials ? hide : reveal}
      >
        {t(credentials ? 'connect.login.hide' : 'connect.login.reveal')}
      </Button>
      {credentials && (
        <Text variant="body-small" color="secondary">
          {t('connect.login.hidesIn', { count: secondsLeft })}
        </Text>
      )}
    </>
  );
};

const CopiedRole = (props: { readonly role: string }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  return (
    <>
      <code>{props.role}</code>
      <CopyButton text={props.role} label={t('connect.login.copyRole')} />
    </>
  );
};

/** The application role's password, for those who may see it. */
const AppLogin = (props: {
  readonly databaseRef: DatabaseRef;
  readonly protocol: Protocol;
  readonly role: string;
  readonly allowed: boolean;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { role, protocol, allowed, databaseRef } = props;
  const reveal = useReveal(databaseRef);
  return (
    <>
      <Facts
        rows={[
          {
            label: t(
              protocol === 'ignite'
                ? 'connect.login.user'
                : 'connect.login.role',
            ),
            value: <CopiedRole role={role} />,
          },
          ...(allowed
            ? [
                {
                  label: t('connect.login.password'),
                  value: <Password reveal={reveal} />,
                },
              ]
            : []),
        ]}
      />
      <Text as="p" variant="body-small" color="secondary">
        {t(allowed ? 'connect.login.audited' : 'connect.login.notAllowed')}
      </Text>
      <span role="status" className={styles.statusLine}>
        {reveal.wasShown && (
          <Text variant="body-small" color="secondary">
            {t('connect.login.hidden')}
          </Text>
        )}
      </span>
      {reveal.error && (
        <Text as="p" role="alert" variant="body-small" color="danger">
          {t('connect.login.failed', {
            message: failureMessage(reveal.error),
          })}
        </Text>
      )}
    </>
  );
};

/** A team's role: nobody has its password shown again. */
const TeamLogin = (props: {
  readonly credential: IssuedCredential;
  readonly appRole: string;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { credential, appRole } = props;
  const { role, secret } = credential;
  return (
    <>
      <Facts
        rows={[
          {
            label: t('connect.login.role'),
            value: <CopiedRole role={role} />,
          },
        ]}
      />
      <Text as="p" variant="body-medium">
        {t('connect.login.issuedText', { secret })}
      </Text>
      <Text as="p" variant="body-small" color="secondary">
        {t('connect.login.issuedBundle', { role: appRole })}
      </Text>
    </>
  );
};

/** Whom the client logs in as, and with which password. */
export const LoginStep = (props: {
  readonly databaseRef: DatabaseRef;
  readonly protocol: Protocol;
  /** The application role. */
  readonly appRole: string | undefined;
  /** The one that was picked. */
  readonly role: string | undefined;
  readonly teamRoles: readonly IssuedCredential[];
  readonly allowed: boolean;
  readonly onChange: (role: string) => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { appRole, role, allowed, databaseRef, protocol, onChange } = props;
  // Teams have roles of their own in CQL alone.
  const teamRoles = protocol === 'cql' ? props.teamRoles : [];
  const picked = teamRoles.find(credential => credential.role === role);
  if (!appRole || !role) {
    return (
      <Step number={2} title={t('connect.login.noLogins')}>
        <Text as="p">{t('connect.login.noRole')}</Text>
      </Step>
    );
  }
  return (
    <Step number={2} title={t('connect.login.title')}>
      {teamRoles.length > 0 && (
        <RolePicker
          appRole={appRole}
          teamRoles={teamRoles}
          role={role}
          onChange={onChange}
        />
      )}
      {picked ? (
        <TeamLogin credential={picked} appRole={appRole} />
      ) : (
        <AppLogin
          databaseRef={databaseRef}
          protocol={protocol}
          role={appRole}
          allowed={allowed}
        />
      )}
    </Step>
  );
};
