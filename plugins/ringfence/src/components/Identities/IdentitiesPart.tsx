import { useCallback, useState } from 'react';
import { Button } from '@backstage/ui';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import { RiAddLine } from '@remixicon/react';
import type {
  DatabaseRef,
  IssuedCredential,
  WayIn,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../../api';
import { failureKind } from '../../errors';
import { useLoad } from '../../hooks/useLoad';
import { ringfenceTranslationRef } from '../../translation';
import { Loaded, Nothing, Part } from '../FenceTab/Part';
import { ClientCertificates } from './ClientCertificates';
import { IssueRoleDialog } from './IssueRoleDialog';
import { RevokeRoleDialog } from './RevokeRoleDialog';
import { RolesList } from './RolesList';
import { RotateRoleDialog } from './RotateRoleDialog';
import { Section } from './Section';

type Asked =
  | { readonly what: 'issue' }
  | {
      readonly what: 'rotate' | 'revoke';
      readonly credential: IssuedCredential;
    };

const RoleDialogs = (props: {
  readonly databaseRef: DatabaseRef;
  readonly asked: Asked | undefined;
  readonly taken: readonly string[];
  readonly onDone: () => void;
  readonly onClose: () => void;
}) => {
  const { databaseRef, asked, taken, onDone, onClose } = props;
  const common = { databaseRef, onClose };
  if (asked?.what === 'issue')
    return <IssueRoleDialog {...common} taken={taken} onIssued={onDone} />;
  if (asked?.what === 'rotate')
    return (
      <RotateRoleDialog
        {...common}
        credential={asked.credential}
        onRotated={onDone}
      />
    );
  if (asked?.what === 'revoke')
    return (
      <RevokeRoleDialog
        {...common}
        credential={asked.credential}
        onRevoked={onDone}
      />
    );
  return null;
};

/** The issued roles, read again whenever one has changed. */
function useCredentials({ kubernetesCluster, namespace }: DatabaseRef) {
  const api = useApi(ringfenceApiRef);
  const [changes, setChanges] = useState(0);
  const load = useLoad(
    useCallback(
      () => api.listCredentials({ kubernetesCluster, namespace }),
      [api, kubernetesCluster, namespace],
    ),
    String(changes),
  );
  const onDone = useCallback(() => setChanges(count => count + 1), []);
  return { load, onDone };
}

const Roles = (props: {
  readonly databaseRef: DatabaseRef;
  readonly allowed: boolean;
  readonly now: Date;
  readonly load: ReturnType<typeof useCredentials>['load'];
  readonly onDone: () => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { databaseRef, allowed, now, load, onDone } = props;
  const [asked, setAsked] = useState<Asked>();
  const onClose = useCallback(() => setAsked(undefined), []);
  const actions = allowed
    ? {
        onRotate: (credential: IssuedCredential) =>
          setAsked({ what: 'rotate', credential }),
        onRevoke: (credential: IssuedCredential) =>
          setAsked({ what: 'revoke', credential }),
      }
    : undefined;

  return (
    <Section
      title={t('identities.roles.title')}
      action={
        allowed &&
        load.status === 'loaded' && (
          <Button
            variant="secondary"
            iconStart={<RiAddLine aria-hidden />}
            onPress={() => setAsked({ what: 'issue' })}
          >
            {t('identities.issue.action')}
          </Button>
        )
      }
    >
      <Loaded load={load} failed={t('identities.roles.failed')}>
        {credentials => (
          <>
            <RolesList credentials={credentials} now={now} actions={actions} />
            {!allowed && <Nothing>{t('identities.notAllowed')}</Nothing>}
            <RoleDialogs
              databaseRef={databaseRef}
              asked={asked}
              taken={credentials.map(({ name }) => name)}
              onDone={onDone}
              onClose={onClose}
            />
          </>
        )}
      </Loaded>
    </Section>
  );
};

/** Who may log in to the database: what each team was given, and giving and taking it. */
export const IdentitiesPart = (props: {
  readonly databaseRef: DatabaseRef;
  /** Whether the reader may issue, rotate and revoke. */
  readonly allowed: boolean;
  /** Absent while it is not known. */
  readonly wayIn?: WayIn;
  readonly now: Date;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { wayIn, ...rest } = props;
  const { load, onDone } = useCredentials(props.databaseRef);
  const isDenied =
    load.status === 'failed' && failureKind(load.error) === 'denied';
  return (
    <Part title={t('identities.title')}>
      {isDenied ? (
        <Nothing>{t('identities.ownersOnly')}</Nothing>
      ) : (
        <>
          {wayIn?.protocol !== 'ignite' && (
            <Roles {...rest} load={load} onDone={onDone} />
          )}
          {wayIn && (
            <ClientCertificates {...rest} mode={wayIn.clientCertificates} />
          )}
        </>
      )}
    </Part>
  );
};
