import { ReactNode } from 'react';
import { Button, Text } from '@backstage/ui';
import styles from './Identities.module.css';

/** What can be asked for of one identity. */
export interface IdentityAction {
  readonly text: string;
  /** Says of which one, for those who hear it alone. */
  readonly label: string;
  readonly onPress: () => void;
}

/** One identity: its name, what is known of it, and what can be asked for. */
export const Identity = (props: {
  readonly name: string;
  /** Beside the name. */
  readonly subtitle?: ReactNode;
  readonly facts: readonly {
    readonly label: string;
    readonly value: ReactNode;
  }[];
  readonly actions: readonly IdentityAction[];
  readonly children?: ReactNode;
}) => (
  <li className={styles.identity}>
    <div className={styles.head}>
      <span className={styles.name}>
        <Text as="h5" variant="body-medium" weight="bold">
          {props.name}
        </Text>
        {props.subtitle}
      </span>
      <span className={styles.buttons}>
        {props.actions.map(({ text, label, onPress }) => (
          <Button
            key={label}
            variant="secondary"
            aria-label={label}
            onPress={onPress}
          >
            {text}
          </Button>
        ))}
      </span>
    </div>
    <dl className={styles.facts}>
      {props.facts.map(({ label, value }) => (
        <div key={label} className={styles.fact}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
    {props.children}
  </li>
);
