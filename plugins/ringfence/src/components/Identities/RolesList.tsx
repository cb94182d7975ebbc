import { ReactNode } from 'react';
import { Button, Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import { RiLoopLeftLine } from '@remixicon/react';
import type { IssuedCredential } from '@ringfence/backstage-plugin-ringfence-common';
import { useTimes } from '../../hooks/useTimes';
import { ringfenceTranslationRef } from '../../translation';
import { Ago } from '../common/Ago';
import { CopyButton } from '../common/CopyButton';
import { Nothing } from '../FenceTab/Part';
import styles from './Identities.module.css';

/** What an owner may ask for. */
export interface RoleActions {
  readonly onRotate: (credential: IssuedCredential) => void;
  readonly onRevoke: (credential: IssuedCredential) => void;
}

const Fact = (props: {
  readonly label: string;
  readonly children: ReactNode;
}) => (
  <div className={styles.fact}>
    <dt>{props.label}</dt>
    <dd>{props.children}</dd>
  </div>
);

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
  const { name, role, team, keyspaces, access, previous } = credential;
  return (
    <li className={styles.identity}>
      <div className={styles.head}>
        <span className={styles.name}>
          <Text as="h5" variant="body-medium" weight="bold">
            {name}
          </Text>
          <code>{role}</code>
          <CopyButton
            text={role}
            label={t('identities.roles.copyRole', { role })}
          />
        </span>
        {actions && (
          <span className={styles.buttons}>
            <Button
              variant="secondary"
              aria-label={t('identities.rotate.actionOf', { name })}
              onPress={() => actions.onRotate(credential)}
            >
              {t('identities.rotate.action')}
            </Button>
            <Button
              variant="secondary"
              aria-label={t('identities.revoke.actionOf', { name })}
              onPress={() => actions.onRevoke(credential)}
            >
              {t('identities.revoke.action')}
            </Button>
          </span>
        )}
      </div>
      <dl className={styles.facts}>
        <Fact label={t('identities.roles.team')}>
          <EntityRefLink entityRef={team} />
        </Fact>
        <Fact label={t('identities.roles.keyspaces')}>
          {keyspaces.join(', ')}
        </Fact>
        <Fact label={t('identities.roles.access')}>
          {t(`identities.roles.accessOf.${access}`)}
        </Fact>
        <Fact label={t('identities.roles.issued')}>
          <Ago moment={credential.issuedAt} now={now} />{' '}
          {t('identities.roles.issuedBy')}{' '}
          <EntityRefLink entityRef={credential.issuedBy} />
        </Fact>
        <Fact label={t('identities.roles.secret')}>
          <code>{credential.secret}</code>
        </Fact>
      </dl>
      {previous && <Rotation previous={previous} now={now} />}
    </li>
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
