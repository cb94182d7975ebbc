import { FormEvent, useEffect, useRef, useState } from 'react';
import { Radio, RadioGroup, Text, TextField } from '@backstage/ui';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import type {
  DatabaseRef,
  KeyspaceAccess,
  NewCredential,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../../api';
import { useRequest } from '../../hooks/useRequest';
import { ringfenceTranslationRef } from '../../translation';
import { IdentityDialog } from './IdentityDialog';
import { NewLogin } from './NewLogin';
import { FieldProblems, RoleFields, problemsOf, requestOf } from './roleFields';
import { TeamField } from './TeamField';
import styles from './Identities.module.css';

const EMPTY: RoleFields = { name: '', team: '', keyspaces: '', access: 'read' };
const ACCESS: readonly KeyspaceAccess[] = ['read', 'readWrite'];

/** How the role will be called, for who fills in the form. */
const exampleRole = (name: string) =>
  `team_${(name.trim() || '…').replace(/-/g, '_')}_v1`;

const RoleForm = (props: {
  readonly fields: RoleFields;
  readonly problems: FieldProblems;
  readonly onChange: (fields: RoleFields) => void;
  readonly onSubmit: () => void;
  /** Counts the attempts: each puts the focus where something is wrong. */
  readonly attempt: number;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { fields, problems, onChange, attempt } = props;
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (attempt === 0) return;
    form.current
      ?.querySelector<HTMLElement>(
        '[aria-invalid="true"], [data-invalid] button',
      )
      ?.focus();
  }, [attempt]);
  const wrong = (field: keyof RoleFields) => {
    const found = problems[field];
    return (
      found &&
      t(`identities.issue.${found.problem}`, { keyspace: found.keyspace ?? '' })
    );
  };
  const text = (field: 'name' | 'keyspaces') => {
    const problem = wrong(field);
    return {
      label: t(`identities.issue.${field}`),
      secondaryLabel: t('identities.required'),
      value: fields[field],
      onChange: (value: string) => onChange({ ...fields, [field]: value }),
      validate: () => problem ?? null,
      validationBehavior: 'aria' as const,
      autoComplete: 'off',
    };
  };
  return (
    <form
      ref={form}
      className={styles.form}
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault();
        props.onSubmit();
      }}
    >
      <TextField
        {...text('name')}
        description={t('identities.issue.nameHint', {
          role: exampleRole(fields.name),
        })}
      />
      <TeamField
        value={fields.team}
        problem={wrong('team')}
        onChange={team => onChange({ ...fields, team })}
      />
      <TextField
        {...text('keyspaces')}
        description={t('identities.issue.keyspacesHint')}
      />
      <RadioGroup
        label={t('identities.issue.access')}
        value={fields.access}
        onChange={value =>
          onChange({ ...fields, access: value as KeyspaceAccess })
        }
      >
        {ACCESS.map(access => (
          <Radio key={access} value={access}>
            {t(`identities.roles.accessOf.${access}`)}
          </Radio>
        ))}
      </RadioGroup>
      {/* Enter in a field sends it, wherever the button is. */}
      <input type="submit" hidden />
    </form>
  );
};

/** Asks what a team's role may do, makes it, and shows its password once. */
export const IssueRoleDialog = (props: {
  readonly databaseRef: DatabaseRef;
  /** Names that are there. */
  readonly taken: readonly string[];
  readonly onIssued: () => void;
  readonly onClose: () => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const api = useApi(ringfenceApiRef);
  const { databaseRef, taken, onIssued, onClose } = props;
  const [fields, setFields] = useState(EMPTY);
  const [attempt, setAttempt] = useState(0);
  const { request, send } = useRequest<NewCredential>(onIssued);
  const asked = requestOf(fields);
  const problems = problemsOf(asked, taken);

  const submit = () => {
    setAttempt(count => count + 1);
    if (Object.keys(problems).length > 0) return;
    send(() => api.issueCredential(databaseRef, asked));
  };
  return (
    <IdentityDialog
      title={t('identities.issue.title')}
      request={request}
      onClose={onClose}
      confirm={t('identities.issue.confirm')}
      onConfirm={submit}
      outcome={made => (
        <NewLogin
          made={made}
          namespace={databaseRef.namespace}
          done={t('identities.issue.done', { role: made.credential.role })}
        />
      )}
    >
      <Text as="p">{t('identities.issue.text')}</Text>
      <RoleForm
        fields={fields}
        problems={attempt > 0 ? problems : {}}
        attempt={attempt}
        onChange={setFields}
        onSubmit={submit}
      />
    </IdentityDialog>
  );
};
