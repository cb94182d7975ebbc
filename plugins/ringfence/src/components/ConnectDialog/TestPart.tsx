import { useMemo } from 'react';
import { Button, Text, VisuallyHidden } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { RiCheckboxBlankCircleLine, RiPulseLine } from '@remixicon/react';
import {
  CONNECTION_TEST_STEPS,
  type ConnectionTestStep,
  type DatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';
import { failureMessage } from '../../errors';
import {
  useConnectionTest,
  type ConnectionTest,
} from '../../hooks/useConnectionTest';
import { ringfenceTranslationRef } from '../../translation';
import { CopyButton } from '../common/CopyButton';
import { Remedy } from '../common/Remedy';
import { StatusIcon } from '../common/StatusIcon';
import styles from './Diagnosis.module.css';

const StateIcon = ({
  state,
}: {
  readonly state?: ConnectionTestStep['state'];
}) =>
  state && state !== 'skipped' ? (
    <StatusIcon status={state} />
  ) : (
    <RiCheckboxBlankCircleLine aria-hidden size={18} className={styles.blank} />
  );

const StepRow = (props: {
  readonly name: ConnectionTestStep['step'];
  readonly result?: ConnectionTestStep;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { name, result } = props;
  const isShown = result && result.state !== 'skipped';
  return (
    <li className={styles.answer}>
      <StateIcon state={result?.state} />
      <span className={styles.question}>{t(`connect.test.step.${name}`)}</span>
      <div className={styles.found}>
        <VisuallyHidden>
          {result ? t(`connect.test.state.${result.state}`) : ''}
          {isShown && ': '}
        </VisuallyHidden>
        {isShown ? (
          <span>{result.summary}</span>
        ) : (
          <span className={styles.secondary} aria-hidden={Boolean(result)}>
            {t(result ? 'connect.test.state.skipped' : 'connect.test.waiting')}
          </span>
        )}
        {result?.remedy && <Remedy remedy={result.remedy} />}
      </div>
    </li>
  );
};

/** How it went, in a sentence; nothing while it is not known. */
function useOutcome({ status, steps, error }: ConnectionTest) {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  if (status === 'failed' && error) {
    return t('connect.test.failed', { message: failureMessage(error) });
  }
  if (status !== 'ended') return undefined;
  const odd = steps.find(({ state }) => state !== 'ok');
  if (!odd) return t('connect.test.passed');
  const said = {
    step: t(`connect.test.step.${odd.step}`),
    summary: odd.summary,
  };
  return odd.state === 'failing'
    ? t('connect.test.stopped', said)
    : t('connect.test.doubtful', said);
}

/** The result as text, for a message to somebody else. */
function useResultText(steps: readonly ConnectionTestStep[]): string {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  return steps
    .map(({ step, state, summary, remedy }) =>
      [
        `${t(`connect.test.step.${step}`)}: ${t(
          `connect.test.state.${state}`,
        )}`,
        ...(state === 'skipped' ? [] : [summary]),
        ...(remedy ? [remedy.text] : []),
      ].join('. '),
    )
    .join('\n');
}

const StepList = ({ steps }: { readonly steps: ConnectionTest['steps'] }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const results = useMemo(
    () => new Map(steps.map(result => [result.step, result])),
    [steps],
  );
  return (
    <ol className={styles.answers} aria-label={t('connect.test.list')}>
      {CONNECTION_TEST_STEPS.map(name => (
        <StepRow key={name} name={name} result={results.get(name)} />
      ))}
    </ol>
  );
};

/** Tests the connection from the portal, and shows each step as it is known. */
export const TestPart = (props: {
  readonly databaseRef: DatabaseRef;
  readonly allowed: boolean;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const test = useConnectionTest(props.databaseRef);
  const outcome = useOutcome(test);
  const text = useResultText(test.steps);
  const { status, steps } = test;
  if (!props.allowed) {
    return (
      <div className={styles.part}>
        <Text as="p">{t('connect.test.notAllowed')}</Text>
      </div>
    );
  }
  return (
    <div className={styles.part}>
      <Text as="p">{t('connect.test.text')}</Text>
      <div className={styles.row}>
        <Button
          iconStart={<RiPulseLine aria-hidden />}
          isPending={status === 'running'}
          onPress={test.start}
        >
          {t(status === 'idle' ? 'connect.test.start' : 'connect.test.again')}
        </Button>
        {status === 'ended' && (
          <CopyButton labelled text={text} label={t('connect.test.copy')} />
        )}
      </div>
      {status !== 'idle' && <StepList steps={steps} />}
      <div role="status" className={styles.outcome}>
        {status === 'running' && (
          <VisuallyHidden>{t('connect.test.running')}</VisuallyHidden>
        )}
        {outcome && (
          <Text as="p" weight="bold">
            {outcome}
          </Text>
        )}
      </div>
    </div>
  );
};
