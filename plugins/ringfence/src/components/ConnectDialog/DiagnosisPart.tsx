import { useState } from 'react';
import { Text, VisuallyHidden } from '@backstage/ui';
import { useApi, useTranslationRef } from '@backstage/frontend-plugin-api';
import type {
  ClientPlace,
  DatabaseRef,
  Diagnosis,
  DiagnosisAnswer,
  DiagnosisWay,
  WayIn,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceApiRef } from '../../api';
import { failureMessage } from '../../errors';
import { ringfenceTranslationRef } from '../../translation';
import { CodeLine } from '../common/CodeLine';
import { Remedy } from '../common/Remedy';
import { StatusIcon } from '../common/StatusIcon';
import { DiagnosisForm } from './DiagnosisForm';
import styles from './Diagnosis.module.css';

const AnswerRow = ({ answer }: { readonly answer: DiagnosisAnswer }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { question, status, summary, remedy, spec } = answer;
  return (
    <li className={styles.answer}>
      <StatusIcon status={status} />
      <span className={styles.question}>
        {t(`connect.diagnosis.question.${question}`)}
      </span>
      <div className={styles.found}>
        <span>
          <VisuallyHidden>
            ({t(`connect.diagnosis.status.${status}`)}):{' '}
          </VisuallyHidden>
          {summary}
        </span>
        {remedy && <Remedy remedy={remedy} />}
        {spec && (
          <CodeLine text={spec} copyLabel={t('connect.diagnosis.copySpec')} />
        )}
      </div>
    </li>
  );
};

const Way = ({ way }: { readonly way: DiagnosisWay }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const title = t(`connect.diagnosis.way.${way.way}`, { to: way.to });
  return (
    <section className={styles.way}>
      <Text as="h3" variant="body-large" weight="bold">
        {title}
      </Text>
      <Text as="p" className={styles.row}>
        <StatusIcon status={way.status} />
        {t(`connect.diagnosis.verdict.${way.status}`)}
      </Text>
      <ol className={styles.answers} aria-label={title}>
        {way.answers.map(answer => (
          <AnswerRow key={answer.question} answer={answer} />
        ))}
      </ol>
    </section>
  );
};

type Asked =
  | { readonly status: 'idle' | 'asking' }
  | { readonly status: 'answered'; readonly diagnosis: Diagnosis }
  | { readonly status: 'failed'; readonly error: Error };

/** Why a client, somewhere, cannot connect. */
export const DiagnosisPart = (props: {
  readonly databaseRef: DatabaseRef;
  readonly through: WayIn['through'];
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const api = useApi(ringfenceApiRef);
  const [asked, setAsked] = useState<Asked>({ status: 'idle' });

  const ask = async (from: ClientPlace) => {
    setAsked({ status: 'asking' });
    try {
      const diagnosis = await api.diagnoseConnection(props.databaseRef, from);
      setAsked({ status: 'answered', diagnosis });
    } catch (error) {
      setAsked({ status: 'failed', error: error as Error });
    }
  };
  const ways = asked.status === 'answered' ? asked.diagnosis.ways : undefined;
  return (
    <div className={styles.part}>
      <Text as="p">{t('connect.diagnosis.text')}</Text>
      <DiagnosisForm pending={asked.status === 'asking'} onAsk={ask} />
      <VisuallyHidden role="status">
        {asked.status === 'asking' && t('connect.diagnosis.asking')}
        {ways?.map(way => (
          <span key={way.way}>
            {t(`connect.diagnosis.way.${way.way}`, { to: way.to })}:{' '}
            {t(`connect.diagnosis.verdict.${way.status}`)}.{' '}
          </span>
        ))}
      </VisuallyHidden>
      {asked.status === 'failed' && (
        <Text as="p" role="alert" color="danger">
          {t('connect.diagnosis.failed', {
            message: failureMessage(asked.error),
          })}
        </Text>
      )}
      {ways?.map(way => (
        <Way key={way.way} way={way} />
      ))}
      {ways?.length === 0 && (
        <Text as="p">{t(`connect.diagnosis.none.${props.through}`)}</Text>
      )}
    </div>
  );
};
