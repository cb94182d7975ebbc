import { ReactNode } from 'react';
import { Text } from '@backstage/ui';
import styles from './Identities.module.css';

/** One kind of identities, with what can be asked for. */
export const Section = (props: {
  readonly title: string;
  readonly action: ReactNode;
  readonly children: ReactNode;
}) => (
  <div className={styles.section}>
    <div className={styles.head}>
      <Text as="h4" variant="body-medium" weight="bold">
        {props.title}
      </Text>
      {props.action}
    </div>
    {props.children}
  </div>
);
