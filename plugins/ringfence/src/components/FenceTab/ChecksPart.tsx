import { Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  Report,
  findingCategorySchema,
} from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceTranslationRef } from '../../translation';
import { FindingList } from '../FenceCard/FindingList';
import { SEGMENT_ICONS, segmentName } from '../FenceCard/SegmentStrip';
import { Nothing, Part } from './Part';
import styles from './FenceTab.module.css';

/** Every check under its segment of the fence. */
export const ChecksPart = (props: {
  readonly report: Report;
  readonly now: Date;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { report, now } = props;
  return (
    <Part title={t('tab.checks.title')}>
      {findingCategorySchema.options.map(category => {
        const Icon = SEGMENT_ICONS[category];
        const findings = report.findings.filter(
          finding => finding.category === category,
        );
        const ok = findings.filter(({ status }) => status === 'ok').length;
        return (
          <div key={category} className={styles.segment}>
            <div className={styles.segmentHead}>
              <Icon aria-hidden size={18} />
              <Text as="h4" variant="body-medium" weight="bold">
                {t(segmentName(category, report))}
              </Text>
              {ok < findings.length && (
                <Text as="span" variant="body-small" color="secondary">
                  {t('tab.checks.holding', {
                    ok: String(ok),
                    of: String(findings.length),
                  })}
                </Text>
              )}
            </div>
            {findings.length > 0 ? (
              <FindingList findings={findings} now={now} />
            ) : (
              <Nothing>{t('tab.checks.none')}</Nothing>
            )}
          </div>
        );
      })}
    </Part>
  );
};
