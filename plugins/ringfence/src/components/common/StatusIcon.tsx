import {
  RiAlertFill,
  RiCheckboxCircleFill,
  RiCloseCircleFill,
  RiQuestionFill,
} from '@remixicon/react';
import type { FindingStatus } from '@ringfence/backstage-plugin-ringfence-common';
import styles from './common.module.css';

const ICONS = {
  ok: RiCheckboxCircleFill,
  warning: RiAlertFill,
  failing: RiCloseCircleFill,
  unknown: RiQuestionFill,
} as const;

/** The status as shape and colour; the text beside it must say it too. */
export const StatusIcon = (props: {
  readonly status: FindingStatus;
  readonly size?: number;
}) => {
  const Icon = ICONS[props.status];
  return (
    <Icon
      aria-hidden
      className={styles.statusIcon}
      data-status={props.status}
      size={props.size ?? 18}
    />
  );
};
