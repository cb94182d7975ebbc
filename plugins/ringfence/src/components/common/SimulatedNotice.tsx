import { Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { RiFlaskLine } from '@remixicon/react';
import { ringfenceTranslationRef } from '../../translation';
import styles from './common.module.css';

/** Says plainly what is imitated. */
export const SimulatedNotice = (props: { readonly what: string }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  return (
    <div className={styles.simulated} role="note">
      <RiFlaskLine aria-hidden size={16} className={styles.simulatedIcon} />
      <Text as="p" variant="body-small">
        <strong>{t('common.simulated')}.</strong> {props.what}
      </Text>
    </div>
  );
};
