import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { Finding } from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceTranslationRef } from '../../translation';
import { Disclosure } from '../common/Disclosure';
import { StatusIcon } from '../common/StatusIcon';
import { FindingRow } from './FindingRow';
import { worstFirst } from './Headline';
import styles from './FindingRow.module.css';

/** A check may find several things; each keeps its row open from poll to poll. */
function withKeys(findings: readonly Finding[]): [string, Finding][] {
  const seen = new Map<string, number>();
  return findings.map(finding => {
    const count = (seen.get(finding.check) ?? 0) + 1;
    seen.set(finding.check, count);
    return [`${finding.check}/${count}`, finding];
  });
}

const Rows = (props: {
  readonly findings: readonly Finding[];
  readonly now: Date;
}) => (
  <ul className={styles.findings}>
    {withKeys(props.findings).map(([key, finding]) => (
      <FindingRow key={key} finding={finding} now={props.now} />
    ))}
  </ul>
);

/** Checks in the order in which they matter; those that hold are one click away. */
export const FindingList = (props: {
  readonly findings: readonly Finding[];
  readonly now: Date;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { findings, now } = props;
  const holding = findings.filter(({ status }) => status === 'ok');
  const others = findings.filter(({ status }) => status !== 'ok');
  return (
    <div>
      {others.length > 0 && <Rows findings={worstFirst(others)} now={now} />}
      {holding.length > 0 && (
        <Disclosure
          title={
            <span className={styles.holding}>
              <StatusIcon status="ok" />
              {t('card.checks.holding', { count: holding.length })}
            </span>
          }
        >
          <Rows findings={holding} now={now} />
        </Disclosure>
      )}
    </div>
  );
};
