import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  RiDatabase2Line,
  RiDoorLockLine,
  RiKey2Line,
  RiNodeTree,
  RiShieldCheckLine,
} from '@remixicon/react';
import {
  FindingCategory,
  FindingStatus,
  Report,
  findingCategorySchema,
  worstStatus,
} from '@ringfence/backstage-plugin-ringfence-common';
import { daysUntil } from '../../hooks/useTimes';
import { ringfenceTranslationRef } from '../../translation';
import { StatusIcon } from '../common/StatusIcon';
import styles from './SegmentStrip.module.css';

/** The sign of each segment. */
export const SEGMENT_ICONS = {
  certificate: RiShieldCheckLine,
  mesh: RiNodeTree,
  gateway: RiDoorLockLine,
  ring: RiDatabase2Line,
  access: RiKey2Line,
} as const;

/** Key of a segment's name: what the nodes form has the name that the database has for it. */
export function segmentName(
  category: FindingCategory,
  { topology }: Pick<Report, 'topology'>,
) {
  return category === 'ring' && topology === 'cluster'
    ? ('card.segments.cluster' as const)
    : (`card.segments.${category}` as const);
}

function segmentStatus(
  report: Report,
  category: FindingCategory,
): FindingStatus | undefined {
  const statuses = report.findings
    .filter(finding => finding.category === category)
    .map(finding => finding.status);
  return statuses.length > 0 ? worstStatus(statuses) : undefined;
}

/** The figure that says most about a segment, besides its status. */
function useFigure(report: Report, now: Date) {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  return (category: FindingCategory): string | undefined => {
    const { certificates, nodes } = report;
    if (category === 'ring' && nodes.length > 0) {
      const up = nodes.filter(node => node.status === 'ok').length;
      return t('card.segments.nodes', {
        up: String(up),
        of: String(nodes.length),
      });
    }
    const served = certificates.find(({ purpose }) => purpose === 'service');
    if (category !== 'certificate' || !served?.notAfter) return undefined;
    if (Date.parse(served.notAfter) <= now.getTime())
      return t('card.segments.expired');
    const count = daysUntil(served.notAfter, now);
    return t('card.segments.daysLeft', { count });
  };
}

/** The fence at a glance: five segments, told apart by shape, word and colour. */
export const SegmentStrip = (props: {
  readonly report: Report;
  readonly now: Date;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const figure = useFigure(props.report, props.now);

  return (
    <ul className={styles.strip} aria-label={t('card.segments.label')}>
      {findingCategorySchema.options.map(category => {
        const Icon = SEGMENT_ICONS[category];
        const status = segmentStatus(props.report, category);
        return (
          <li
            key={category}
            className={styles.segment}
            data-status={status ?? 'none'}
          >
            <div className={styles.segmentBar} aria-hidden />
            <div className={styles.segmentName}>
              <Icon aria-hidden size={16} />
              {t(segmentName(category, props.report))}
            </div>
            <div className={styles.segmentStatus}>
              {status && <StatusIcon status={status} size={14} />}
              {t(`card.status.${status ?? 'none'}`)}
            </div>
            <div className={styles.segmentFigure}>{figure(category)}</div>
          </li>
        );
      })}
    </ul>
  );
};
