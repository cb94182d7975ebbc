import type { Finding } from '@ringfence/backstage-plugin-ringfence-common';
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

/** Checks in the order in which they matter. */
export const FindingList = (props: {
  readonly findings: readonly Finding[];
  readonly now: Date;
}) => (
  <ul className={styles.findings}>
    {withKeys(worstFirst(props.findings)).map(([key, finding]) => (
      <FindingRow key={key} finding={finding} now={props.now} />
    ))}
  </ul>
);
