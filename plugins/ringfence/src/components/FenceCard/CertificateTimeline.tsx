import { CSSProperties } from 'react';
import { Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { CertificateSummary } from '@ringfence/backstage-plugin-ringfence-common';
import { Times, useTimes } from '../../hooks/useTimes';
import { ringfenceTranslationRef } from '../../translation';
import styles from './CertificateTimeline.module.css';

type Dated = CertificateSummary &
  Required<Pick<CertificateSummary, 'notBefore' | 'notAfter'>>;

function isDated(certificate: CertificateSummary): certificate is Dated {
  return Boolean(certificate.notBefore && certificate.notAfter);
}

/** Where a moment lies in a certificate's life, in percent. */
export function positionOf(certificate: Dated, moment: number): number {
  const start = Date.parse(certificate.notBefore);
  const end = Date.parse(certificate.notAfter);
  if (end <= start) return 100;
  const percent = ((moment - start) / (end - start)) * 100;
  return Math.min(100, Math.max(0, percent));
}

function useRenewal(
  certificate: CertificateSummary,
  now: Date,
  times: Times,
): string {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  if (!certificate.renewalTime) return t('card.certificates.noRenewal');
  const leftMs = Date.parse(certificate.renewalTime) - now.getTime();
  const duration = times.duration(leftMs);
  return leftMs > 0
    ? t('card.certificates.renews', { duration })
    : t('card.certificates.renewalOverdue', { duration });
}

const Bar = (props: { readonly certificate: Dated; readonly now: Date }) => {
  const { certificate, now } = props;
  const renewal = certificate.renewalTime;
  const at = positionOf(certificate, now.getTime());
  const style = {
    '--now': `${at}%`,
    '--renewal': renewal
      ? `${positionOf(certificate, Date.parse(renewal))}%`
      : '100%',
  } as CSSProperties;
  const overdue = renewal !== undefined && Date.parse(renewal) < now.getTime();
  const expired = at >= 100;
  return (
    <div
      className={styles.timeline}
      style={style}
      data-state={(expired && 'expired') || (overdue && 'overdue') || 'fine'}
      aria-hidden
    >
      <div className={styles.timelineElapsed} />
      {renewal && <div className={styles.timelineRenewal} />}
      <div className={styles.timelineNow} />
    </div>
  );
};

const Mark = (props: {
  readonly label: string;
  readonly moment: string;
  readonly className?: string;
}) => {
  const times = useTimes();
  const { label, moment, className } = props;
  return (
    <time
      dateTime={moment}
      title={times.absolute(moment)}
      className={className}
    >
      <span>{label}</span> <span>{times.date(moment)}</span>
    </time>
  );
};

/** One certificate's life: issued, renewal, expiry, and where now is. */
export const CertificateTimeline = (props: {
  readonly certificate: CertificateSummary;
  readonly now: Date;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const times = useTimes();
  const { certificate, now } = props;
  const renewal = useRenewal(certificate, now, times);

  return (
    <li className={styles.certificate}>
      <div className={styles.certificateHead}>
        <Text as="span" variant="body-medium" weight="bold">
          {t(`card.certificates.${certificate.purpose}`)}
        </Text>
        <Text as="span" variant="body-small" color="secondary" truncate>
          {certificate.name}
        </Text>
      </div>
      {isDated(certificate) ? (
        <>
          <Text as="p" variant="body-small">
            {times.expiry(certificate.notAfter, now)}, {renewal}
          </Text>
          <Bar certificate={certificate} now={now} />
          <div className={styles.timelineLabels}>
            <Mark
              label={t('card.certificates.issued')}
              moment={certificate.notBefore}
            />
            {certificate.renewalTime && (
              <Mark
                label={t('card.certificates.renewal')}
                moment={certificate.renewalTime}
                className={styles.renewalLabel}
              />
            )}
            <Mark
              label={t('card.certificates.expiry')}
              moment={certificate.notAfter}
            />
          </div>
        </>
      ) : (
        <Text as="p" variant="body-small" color="secondary">
          {t('card.certificates.unknown')}
        </Text>
      )}
    </li>
  );
};
