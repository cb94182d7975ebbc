import { ReactNode } from 'react';
import { Text } from '@backstage/ui';
import styles from './ConnectDialog.module.css';

/** A part of the dialog; numbered where order matters. */
export const Step = (props: {
  readonly number?: number;
  readonly title: string;
  readonly children: ReactNode;
}) => (
  <section className={styles.step}>
    <Text
      as="h3"
      variant="body-large"
      weight="bold"
      className={styles.stepTitle}
    >
      {props.number && (
        <span className={styles.stepNumber}>{props.number}</span>
      )}
      {props.title}
    </Text>
    <div className={styles.stepBody}>{props.children}</div>
  </section>
);
