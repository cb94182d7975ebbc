import { CopyButton } from './CopyButton';
import styles from './common.module.css';

/** Text to type elsewhere, whole and copyable. */
export const CodeLine = (props: {
  readonly text: string;
  readonly copyLabel: string;
}) => (
  <div className={styles.codeLine}>
    {/* Reachable by keyboard, since it scrolls. */}
    {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
    <pre className={styles.code} tabIndex={0}>
      <code>{props.text}</code>
    </pre>
    <div className={styles.codeCopy}>
      <CopyButton text={props.text} label={props.copyLabel} />
    </div>
  </div>
);
