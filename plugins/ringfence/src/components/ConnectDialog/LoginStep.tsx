import { Button, Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { RiEyeLine, RiEyeOffLine } from '@remixicon/react';
import type { DatabaseRef } from '@ringfence/backstage-plugin-ringfence-common';
import { failureMessage } from '../../errors';
import { Reveal, useReveal } from '../../hooks/useReveal';
import { ringfenceTranslationRef } from '../../translation';
import { CopyButton } from '../common/CopyButton';
import { Facts } from './Facts';
import { Step } from './Step';
import styles from './ConnectDialog.module.css';

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

/** The application role, and its password for those who may see it. */
export const LoginStep = (props: {
  readonly databaseRef: DatabaseRef;
  readonly role?: string;
  readonly allowed: boolean;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { role, allowed, databaseRef } = props;
  const reveal = useReveal(databaseRef);

  if (!role) {
    return (
      <Step number={2} title={t('connect.login.title')}>
        <Text as="p">{t('connect.login.noRole')}</Text>
      </Step>
    );
  }
  return (
    <Step number={2} title={t('connect.login.title')}>
      <Facts
        rows={[
          {
            label: t('connect.login.role'),
            value: (
              <>
                <code>{role}</code>
                <CopyButton text={role} label={t('connect.login.copyRole')} />
              </>
            ),
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
    </Step>
  );
};
