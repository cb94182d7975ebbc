import { ReactNode } from 'react';
import styles from './ConnectDialog.module.css';

/** Labels and what they stand for. */
export const Facts = (props: {
  readonly rows: readonly {
    readonly label: string;
    readonly value: ReactNode;
  }[];
}) => (
  <dl className={styles.factList}>
    {props.rows.map(row => (
      <div key={row.label} className={styles.fact}>
        <dt>{row.label}</dt>
        <dd>{row.value}</dd>
      </div>
    ))}
  </dl>
);
