import { ReactNode } from 'react';
import { Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  RiCheckLine,
  RiCheckboxCircleFill,
  RiCloseCircleFill,
  RiInformationLine,
  RiLoader4Line,
} from '@remixicon/react';
import type { ProvisioningEvent } from '@ringfence/backstage-plugin-ringfence-common';
import { failureMessage } from '../../errors';
import { CutOffError, Run } from '../../hooks/useRun';
import { ringfenceTranslationRef } from '../../translation';
import styles from './Actions.module.css';

interface Line {
  readonly icon: ReactNode;
  readonly words: string;
  readonly head?: boolean;
}

const icon = (Icon: typeof RiCheckLine, name = '') => (
  <Icon aria-hidden size={16} className={name} />
);

/** What one event says, in a line; nothing for a heartbeat. */
function useLineOf() {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  return (event: ProvisioningEvent, last: boolean): Line | undefined => {
    switch (event.type) {
      case 'stage':
        return {
          icon: icon(RiInformationLine),
          head: true,
          words: t('actions.stage', {
            index: String(event.index),
            of: String(event.count),
            stage: event.stage,
          }),
        };
      case 'object':
        return {
          icon: icon(RiCheckLine),
          words: t('actions.object', {
            object: event.object,
            change: t(`actions.changes.${event.change}`),
          }),
        };
      case 'info':
        return { icon: icon(RiInformationLine), words: event.message };
      case 'waiting':
        // Said again and again: only the last is news.
        return last
          ? {
              icon: icon(RiLoader4Line, styles.turning),
              words: t('actions.waiting', { wait: event.wait, why: event.why }),
            }
          : undefined;
      default:
        return undefined;
    }
  };
}

const Ending = (props: { readonly run: Run; readonly done: string }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { run, done } = props;
  const last = run.events.at(-1);
  if (run.status === 'done' && last?.type === 'done') {
    return (
      <div className={styles.ending} data-status="done">
        <RiCheckboxCircleFill aria-hidden size={20} />
        <Text as="p" variant="body-medium">
          <strong>{done}.</strong> {last.outcome.summary}
        </Text>
      </div>
    );
  }
  if (run.status !== 'failed') return null;
  const cut = run.error instanceof CutOffError;
  const said = last?.type === 'failed' ? last : undefined;
  const message = run.error && !cut ? failureMessage(run.error) : said?.message;
  return (
    <div className={styles.ending} data-status="failed" role="alert">
      <RiCloseCircleFill aria-hidden size={20} />
      <div className={styles.endingBody}>
        <Text as="p" variant="body-medium">
          <strong>{t('actions.failed')}.</strong>{' '}
          {cut ? t('actions.cut') : message}
        </Text>
        {said?.remedy && (
          <Text as="p" variant="body-medium">
            {said.remedy}
          </Text>
        )}
        {said?.resumable && (
          <Text as="p" variant="body-small" color="secondary">
            {t('actions.resumable')}
          </Text>
        )}
      </div>
    </div>
  );
};

/** How far a run is, and how it ended. */
export const RunProgress = (props: {
  readonly run: Run;
  /** In a word, that it ended well. */
  readonly done: string;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const lineOf = useLineOf();
  const { run, done } = props;
  const news = run.events.filter(({ type }) => type !== 'heartbeat');
  const lines = news
    .map((event, index) => lineOf(event, index === news.length - 1))
    .filter(line => line !== undefined);

  return (
    <div className={styles.progress}>
      <ol
        className={styles.lines}
        role="log"
        aria-label={t('actions.progress')}
      >
        {lines.map((line, index) => (
          // Lines are only ever added.
          // eslint-disable-next-line react/no-array-index-key
          <li key={index} className={styles.line} data-head={line.head}>
            {line.icon}
            <span>{line.words}</span>
          </li>
        ))}
        {run.status === 'running' && lines.length === 0 && (
          <li className={styles.line}>
            {icon(RiLoader4Line, styles.turning)}
            <span>{t('actions.running')}</span>
          </li>
        )}
      </ol>
      <Ending run={run} done={done} />
    </div>
  );
};
