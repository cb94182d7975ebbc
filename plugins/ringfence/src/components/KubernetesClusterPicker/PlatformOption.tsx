import { useId } from 'react';
import { Radio, Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { PlatformSummary } from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceTranslationRef } from '../../translation';
import { Requirements } from '../common/Requirements';
import { SimulatedNotice } from '../common/SimulatedNotice';
import { eligibilityOf } from './eligibility';
import styles from './KubernetesClusterPicker.module.css';

/** One Kubernetes cluster: to choose, or with what it lacks. */
export const PlatformOption = (props: {
  readonly platform: PlatformSummary;
  readonly blueprint: string;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { platform, blueprint } = props;
  const { eligible, lacks, notes } = eligibilityOf(platform, blueprint);
  const descriptionId = useId();

  return (
    <div className={styles.option} data-eligible={eligible}>
      <Radio
        value={platform.name}
        isDisabled={!eligible}
        aria-describedby={descriptionId}
      >
        {platform.name}
      </Radio>
      {/* Outside the radio's label: a disabled one must still offer its commands. */}
      <div id={descriptionId} className={styles.details}>
        <Text as="p" variant="body-small" color="secondary">
          {!platform.usable && <strong>{t('picker.notUsable')}: </strong>}
          {platform.message}
        </Text>
        {platform.simulated && <SimulatedNotice what={platform.simulated} />}
        {lacks.length > 0 && (
          <>
            <Text as="p" variant="body-small" weight="bold">
              {t('picker.lacks')}
            </Text>
            <Requirements requirements={lacks} />
          </>
        )}
        {notes.length > 0 && <Requirements requirements={notes} />}
      </div>
    </div>
  );
};
