import { useState, type FormEvent } from 'react';
import { Button, Radio, RadioGroup, TextField } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  clientPlaceSchema,
  type ClientPlace,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceTranslationRef } from '../../translation';
import styles from './Diagnosis.module.css';

/** Which fields of a place are not what they must be. */
function invalidFields(place: ClientPlace): Set<unknown> {
  const { error } = clientPlaceSchema.safeParse(place);
  return new Set(error?.issues.map(({ path }) => path[0]));
}

/** Asks where the client runs. */
export const DiagnosisForm = (props: {
  readonly pending: boolean;
  readonly onAsk: (from: ClientPlace) => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const [kind, setKind] = useState<ClientPlace['kind']>('laptop');
  const [namespace, setNamespace] = useState('');
  const [serviceAccount, setServiceAccount] = useState('default');
  const [tried, setTried] = useState(false);
  const from: ClientPlace =
    kind === 'laptop' ? { kind } : { kind, namespace, serviceAccount };
  const invalid = invalidFields(from);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (invalid.size === 0) props.onAsk(from);
  };
  const field = (name: 'namespace' | 'serviceAccount') => ({
    label: t(`connect.diagnosis.${name}`),
    isInvalid: tried && invalid.has(name),
    description:
      tried && invalid.has(name)
        ? t('connect.diagnosis.nameInvalid')
        : undefined,
  });
  return (
    <form className={styles.form} onSubmit={submit} noValidate>
      <RadioGroup
        label={t('connect.diagnosis.from')}
        value={kind}
        onChange={value => setKind(value as ClientPlace['kind'])}
      >
        <Radio value="laptop">{t('connect.diagnosis.laptop')}</Radio>
        <Radio value="workload">{t('connect.diagnosis.workload')}</Radio>
      </RadioGroup>
      {kind === 'workload' && (
        <div className={styles.fields}>
          <TextField
            {...field('namespace')}
            value={namespace}
            onChange={setNamespace}
          />
          <TextField
            {...field('serviceAccount')}
            value={serviceAccount}
            onChange={setServiceAccount}
          />
        </div>
      )}
      <div>
        <Button type="submit" isPending={props.pending}>
          {t('connect.diagnosis.ask')}
        </Button>
      </div>
    </form>
  );
};
