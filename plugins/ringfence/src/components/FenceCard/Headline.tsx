import { ReactNode } from 'react';
import { Button, Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  Finding,
  FindingStatus,
  Report,
  compareStatus,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceTranslationRef } from '../../translation';
import { Remedy } from '../common/Remedy';
import { StatusIcon } from '../common/StatusIcon';
import styles from './Headline.module.css';

/** Findings in the order in which they matter; the backend's order among equals. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  return [...findings].sort((a, b) => compareStatus(a.status, b.status));
}

function useCounts(findings: readonly Finding[]): string {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const count = (status: FindingStatus) =>
    findings.filter(finding => finding.status === status).length;
  const ok = count('ok');
  if (findings.length === 0) return t('card.counts.none');
  if (ok === findings.length) return t('card.counts.ok', { count: ok });
  const parts: string[] = (['failing', 'unknown', 'warning'] as const)
    .filter(status => count(status) > 0)
    .map(status => t(`card.counts.${status}`, { count: count(status) }));
  if (ok > 0) parts.push(t('card.counts.holding', { count: ok }));
  return parts.join(' · ');
}

/** What a new certificate mends. */
const MENDED_BY_RENEWAL = new Set([
  'RenewalOverdue',
  'ExpiresSoon',
  'Expired',
  'IssuingFailed',
]);

/** The state of the fence in words, and what to do about the worst of it. */
export const Headline = (props: {
  readonly report: Report;
  /** Title of the client, where it is seen from its side. */
  readonly client?: string;
  readonly owner?: ReactNode;
  /** Absent where the reader may not. */
  readonly onRenew?: () => void;
  readonly onRepair?: () => void;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { report, client, owner, onRenew, onRepair } = props;
  const counts = useCounts(report.findings);
  const worst = worstFirst(report.findings)[0];
  const remedy = report.status === 'ok' ? undefined : worst?.remedy;
  const fenced = client ? t('card.headline.clientOk') : t('card.headline.ok');

  return (
    <div className={styles.headline} data-status={report.status}>
      <StatusIcon status={report.status} size={28} />
      <div className={styles.headlineBody}>
        <div aria-live="polite">
          {/* One word may be large; a finding is a sentence. */}
          <Text
            as="h4"
            variant={report.status === 'ok' ? 'title-x-small' : 'body-large'}
            weight="bold"
          >
            {report.status === 'ok' ? fenced : report.headline}
          </Text>
          <Text as="p" variant="body-small" color="secondary">
            {counts}
            {client && report.status !== 'ok' && (
              <> · {t('card.headline.affects', { client })}</>
            )}
          </Text>
        </div>
        {remedy && (
          <div className={styles.headlineRemedy}>
            {client && (
              <Text as="p" variant="body-small" weight="bold">
                {t('card.headline.ownerMends')} {owner}
              </Text>
            )}
            <Remedy remedy={remedy} />
            {onRenew && MENDED_BY_RENEWAL.has(worst.reason) && (
              <div>
                <Button variant="primary" onPress={onRenew}>
                  {t('actions.renew.confirm')}
                </Button>
              </div>
            )}
            {onRepair && worst.check.endsWith('.drift') && (
              <div>
                <Button variant="primary" onPress={onRepair}>
                  {t('actions.repair.action')}
                </Button>
              </div>
            )}
          </div>
        )}
      </div>
    </div>
  );
};
