import { ReactNode, useId } from 'react';
import { Card, CardBody, CardHeader, Skeleton, Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import { RiErrorWarningLine } from '@remixicon/react';
import { failureMessage } from '../../errors';
import { Load } from '../../hooks/useLoad';
import { ringfenceTranslationRef } from '../../translation';
import { Problem } from '../common/Problem';
import styles from './FenceTab.module.css';

/** One part of the tab, under its title. */
export const Part = (props: {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) => {
  const titleId = useId();
  return (
    <section aria-labelledby={titleId} className={styles.part}>
      <Card>
        <CardHeader>
          <div className={styles.partHead}>
            <Text as="h3" variant="body-large" weight="bold" id={titleId}>
              {props.title}
            </Text>
            {props.actions}
          </div>
        </CardHeader>
        <CardBody>
          <div className={styles.partBody}>{props.children}</div>
        </CardBody>
      </Card>
    </section>
  );
};

/** What was loaded; a skeleton before, and what went wrong instead. */
export function Loaded<T>(props: {
  readonly load: Load<T> & { readonly reload: () => void };
  readonly failed: string;
  readonly children: (value: T) => ReactNode;
}) {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { load, failed, children } = props;
  if (load.status === 'loading') {
    return (
      <div aria-busy>
        <Skeleton width="100%" height={96} />
      </div>
    );
  }
  if (load.status === 'failed') {
    return (
      <Problem
        icon={<RiErrorWarningLine aria-hidden />}
        title={failed}
        onRetry={load.reload}
        role="alert"
      >
        <Text as="p">
          {t('card.error.text', { message: failureMessage(load.error) })}
        </Text>
      </Problem>
    );
  }
  return <>{children(load.value)}</>;
}

/** That there is nothing to show. */
export const Nothing = (props: { readonly children: ReactNode }) => (
  <Text as="p" variant="body-medium" color="secondary">
    {props.children}
  </Text>
);
