import { Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import { RiLoopLeftLine } from '@remixicon/react';
import type { IssuedCredential } from '@ringfence/backstage-plugin-ringfence-common';
import { useTimes } from '../../hooks/useTimes';
import { ringfenceTranslationRef } from '../../translation';
import { CopyButton } from '../common/CopyButton';
import { Nothing } from '../FenceTab/Part';
import { Identity } from './Identity';
import { IssuedBy } from './IssuedBy';
import styles from './Identities.module.css';

/** What an owner may ask for. */
export interface RoleActions {
  readonly onRotate: (credential: IssuedCredential) => void;
  readonly onRevoke: (credential: IssuedCredential) => void;
}

const Rotation = (props: {
  readonly previous: NonNullable<IssuedCredential['previous']>;
  readonly now: Date;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const times = useTimes();
  const { role, until } = props.previous;
  const over = Date.parse(until) <= props.now.getTime();
  return (
    <Text as="p" variant="body-small" className={styles.note}>
      <RiLoopLeftLine aria-hidden size={16} />
      {t(over ? 'identities.roles.ended' : 'identities.roles.rotated', {
        role,
        until: times.absolute(until),
      })}
    </Text>
  );
};

const Role = (props: {
  readonly credential: IssuedCredential;
  readonly now: Date;
  readonly actions?: RoleActions;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { credential, now, actions } = props;
  const { name, role, previous } = credential;
  return (
    <Identity
      name={name}
      subtitle={
        <>
          <code>{role}</code>
          <CopyButton
            text={role}
            label={t('identities.roles.copyRole', { role })}
          />
        </>
      }
      facts={[
        {
          label: t('identities.roles.team'),
          value: <EntityRefLink entityRef={credential.team} />,
        },
        {
          label: t('identities.roles.keyspaces'),
          value: credential.keyspaces.join(', '),
        },
        {
          label: t('identities.roles.access'),
          value: t(`identities.roles.accessOf.${credential.access}`),
        },
        {
          label: t('identities.roles.issued'),
          value: (
            <IssuedBy
              at={credential.issuedAt}
              by={credential.issuedBy}
              now={now}
            />
          ),
        },
        {
          label: t('identities.roles.secret'),
          value: <code>{credential.secret}</code>,
        },
      ]}
      actions={
        actions
          ? [
              {
                text: t('identities.rotate.action'),
                label: t('identities.rotate.actionOf', { name }),
                onPress: () => actions.onRotate(credential),
              },
              {
                text: t('identities.revoke.action'),
                label: t('identities.revoke.actionOf', { name }),
                onPress: () => actions.onRevoke(credential),
              },
            ]
          : []
      }
    >
      {previous && <Rotation previous={previous} now={now} />}
    </Identity>
  );
};

/** The roles that teams have, each with what it may do. */
export const RolesList = (props: {
  readonly credentials: readonly IssuedCredential[];
  readonly now: Date;
  /** Absent where the reader may not. */
  readonly actions?: RoleActions;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { credentials, now, actions } = props;
  if (credentials.length === 0)
    return <Nothing>{t('identities.roles.none')}</Nothing>;
  return (
    <ul className={styles.list} aria-label={t('identities.roles.title')}>
      {credentials.map(credential => (
        <Role
          key={credential.name}
          credential={credential}
          now={now}
          actions={actions}
        />
      ))}
    </ul>
  );
};
