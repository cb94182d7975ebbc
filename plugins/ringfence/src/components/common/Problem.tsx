import { ReactNode } from 'react';
import { Button, Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { RiRefreshLine } from '@remixicon/react';
import { ringfenceTranslationRef } from '../../translation';
import styles from './common.module.css';

/** A state with nothing to show but what happened and what to do. */
export const Problem = (props: {
  readonly icon: ReactNode;
  readonly title: string;
  readonly children?: ReactNode;
  readonly onRetry?: () => void;
  /** `alert` where it is news, as a failed load is. */
  readonly role?: 'alert';
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  return (
    <div className={styles.problem} role={props.role}>
      <div className={styles.problemIcon}>{props.icon}</div>
      <div className={styles.problemBody}>
        <Text as="p" variant="body-large" weight="bold">
          {props.title}
        </Text>
        {props.children}
        {props.onRetry && (
          <div>
            <Button
              variant="secondary"
              iconStart={<RiRefreshLine aria-hidden />}
              onPress={props.onRetry}
            >
              {t('common.retry')}
            </Button>
          </div>
        )}
      </div>
    </div>
  );
};
