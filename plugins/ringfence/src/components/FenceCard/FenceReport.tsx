import { ReactNode } from 'react';
import {
  Accordion,
  AccordionPanel,
  AccordionTrigger,
  Alert,
  Text,
} from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type {
  CaRotation,
  CertificateSummary,
  DatabaseState,
  Report,
} from '@ringfence/backstage-plugin-ringfence-common';
import { failureMessage } from '../../errors';
import { useTimes } from '../../hooks/useTimes';
import { ringfenceTranslationRef } from '../../translation';
import { SimulatedNotice } from '../common/SimulatedNotice';
import { CertificateTimeline } from './CertificateTimeline';
import { FindingList } from './FindingList';
import { Headline } from './Headline';
import { NodeStrip } from './NodeStrip';
import { SegmentStrip } from './SegmentStrip';
import styles from './FenceCard.module.css';

/** What a drawn report is made from. */
export interface FenceReportProps {
  readonly report: Report;
  readonly now: Date;
  readonly state?: DatabaseState;
  /** How far the rotation of its CA has come. */
  readonly caRotation?: CaRotation;
  /** Why the report is not the latest. */
  readonly staleError?: Error;
  /** Title of the client, where it is seen from its side. */
  readonly client?: string;
  readonly owner?: ReactNode;
  /** Asks whether to renew a certificate; absent where the reader may not. */
  readonly onRenew?: () => void;
  /** Asks whether to repair drift; absent where the reader may not. */
  readonly onRepair?: () => void;
}

const Section = (props: {
  readonly title: string;
  readonly children: ReactNode;
}) => (
  <section className={styles.section}>
    <Text as="h4" variant="body-small" weight="bold" color="secondary">
      {props.title}
    </Text>
    {props.children}
  </section>
);

/** What clients meet before what signed it. */
function servedFirst(certificates: readonly CertificateSummary[]) {
  return [...certificates].sort(
    (a, b) => Number(b.purpose === 'service') - Number(a.purpose === 'service'),
  );
}

const Details = ({ report, now }: FenceReportProps) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  return (
    <>
      <div className={styles.facts}>
        <Section title={t('card.certificates.title')}>
          {report.certificates.length === 0 ? (
            <Text as="p" variant="body-small" color="secondary">
              {t('card.certificates.none')}
            </Text>
          ) : (
            <ul className={styles.certificates}>
              {servedFirst(report.certificates).map(certificate => (
                <CertificateTimeline
                  key={certificate.name}
                  certificate={certificate}
                  now={now}
                />
              ))}
            </ul>
          )}
        </Section>
        <Section title={t('card.nodes.title')}>
          <NodeStrip nodes={report.nodes} />
        </Section>
      </div>
      <Section title={t('card.checks.title')}>
        <FindingList findings={report.findings} now={now} />
      </Section>
    </>
  );
};

/** What matters of a report: notices, the state in words, and the five segments. */
export const FenceSummary = (props: FenceReportProps) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const times = useTimes();
  const { report, now, state, caRotation, staleError, client, owner } = props;
  const { onRenew, onRepair } = props;

  return (
    <div className={styles.report}>
      {report.simulated && <SimulatedNotice what={report.simulated} />}
      {state && state !== 'ready' && (
        <Alert status="info" icon title={t(`card.state.${state}`)} />
      )}
      {caRotation && caRotation.trusted.length > 1 && (
        <Alert
          status="info"
          icon
          title={t('actions.rotateCa.notice', {
            step: t(`actions.rotateCa.confirm.${caRotation.next}`),
          })}
        />
      )}
      {staleError && (
        <Alert
          status="warning"
          icon
          title={t('card.stale', {
            message: failureMessage(staleError),
            ago: times.ago(report.observedAt, now),
          })}
        />
      )}
      <Headline
        report={report}
        client={client}
        owner={owner}
        onRenew={onRenew}
        onRepair={onRepair}
      />
      <SegmentStrip report={report} now={now} />
    </div>
  );
};

/** A report, drawn: the worst first, everything else one look away. */
export const FenceReport = (props: FenceReportProps) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  return (
    <div className={styles.report}>
      <FenceSummary {...props} />
      {props.client ? (
        <Accordion>
          <AccordionTrigger title={t('card.details')} />
          <AccordionPanel>
            <div className={styles.report}>
              <Details {...props} />
            </div>
          </AccordionPanel>
        </Accordion>
      ) : (
        <Details {...props} />
      )}
    </div>
  );
};
