import { useId, useState } from 'react';
import { Link, Text, VisuallyHidden } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { RiArrowDownSLine } from '@remixicon/react';
import type {
  Evidence,
  Finding,
} from '@ringfence/backstage-plugin-ringfence-common';
import { useCheckDocumentation } from '../../hooks/useCheckDocumentation';
import { useTimes } from '../../hooks/useTimes';
import { ringfenceTranslationRef } from '../../translation';
import { Ago } from '../common/Ago';
import { Remedy } from '../common/Remedy';
import { StatusIcon } from '../common/StatusIcon';
import styles from './FindingRow.module.css';

/** `notAfter` as "Not after". */
function wordsOf(key: string): string {
  const words = key.replace(/([a-z0-9])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/;

const EvidenceList = (props: { readonly finding: Finding }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const times = useTimes();
  const { evidence, check, reason, observedAt } = props.finding;

  const shown = (value: Evidence[string]) => {
    if (typeof value === 'boolean')
      return t(value ? 'card.checks.yes' : 'card.checks.no');
    if (Array.isArray(value)) return value.join(', ') || '–';
    if (typeof value === 'string' && ISO_TIME.test(value))
      return times.absolute(value);
    return String(value);
  };

  const rows: [string, string][] = [
    ...Object.entries(evidence).map(([key, value]): [string, string] => [
      wordsOf(key),
      shown(value),
    ]),
    [t('card.checks.check'), check],
    [t('card.checks.reason'), reason],
    [t('card.checks.observed'), times.absolute(observedAt)],
  ];
  return (
    <dl className={styles.evidence}>
      {rows.map(([label, value]) => (
        <div key={label} className={styles.evidenceRow}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
};

/** One check as one line; evidence and remedy open below it. */
export const FindingRow = (props: {
  readonly finding: Finding;
  readonly now: Date;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const [open, setOpen] = useState(false);
  const panelId = useId();
  const documentationOf = useCheckDocumentation();
  const { finding, now } = props;
  const documentation = documentationOf(finding.check);

  return (
    <li className={styles.finding} data-status={finding.status}>
      <button
        type="button"
        className={styles.findingButton}
        aria-expanded={open}
        aria-controls={panelId}
        onClick={() => setOpen(!open)}
      >
        <StatusIcon status={finding.status} />
        <span className={styles.findingText}>
          <span className={styles.findingTitle}>{finding.title}</span>
          <VisuallyHidden>
            {' '}
            ({t(`card.status.${finding.status}`)}):{' '}
          </VisuallyHidden>
          {/* Where all is well, title and summary may be the same sentence. */}
          {finding.summary !== finding.title && (
            <span className={styles.findingSummary}> {finding.summary}</span>
          )}
        </span>
        <span className={styles.findingAge}>
          <Ago moment={finding.observedAt} now={now} />
        </span>
        <RiArrowDownSLine aria-hidden size={18} className={styles.chevron} />
      </button>
      <div id={panelId} hidden={!open} className={styles.findingPanel}>
        {open && (
          <>
            {finding.remedy && (
              <section>
                <Text as="h5" variant="body-small" weight="bold">
                  {t('card.checks.remedy')}
                </Text>
                <Remedy remedy={finding.remedy} />
              </section>
            )}
            <section>
              <Text as="h5" variant="body-small" weight="bold">
                {t('card.checks.evidence')}
              </Text>
              <EvidenceList finding={finding} />
            </section>
            {documentation && (
              <div>
                <Link href={documentation} target="_blank" variant="body-small">
                  {t('tab.checks.documentation')}
                </Link>
              </div>
            )}
          </>
        )}
      </div>
    </li>
  );
};
