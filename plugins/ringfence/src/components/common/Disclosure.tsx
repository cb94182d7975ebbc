import { ReactNode, useId, useState } from 'react';
import { RiArrowDownSLine } from '@remixicon/react';
import styles from './Disclosure.module.css';

/** A line that opens what is below it; that is only drawn while it is open. */
export const Disclosure = (props: {
  readonly title: ReactNode;
  readonly children: ReactNode;
}) => {
  const [open, setOpen] = useState(false);
  const panelId = useId();
  return (
    <div className={styles.disclosure}>
      <button
        type="button"
        className={styles.button}
        aria-expanded={open}
        aria-controls={panelId}
        onClick={() => setOpen(!open)}
      >
        <span className={styles.title}>{props.title}</span>
        <RiArrowDownSLine aria-hidden size={18} className={styles.chevron} />
      </button>
      <div id={panelId} hidden={!open} className={styles.panel}>
        {open && props.children}
      </div>
    </div>
  );
};
