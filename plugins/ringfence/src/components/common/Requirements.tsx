import { Text } from '@backstage/ui';
import {
  RiCheckLine,
  RiErrorWarningLine,
  RiInformationLine,
} from '@remixicon/react';
import type { Requirement } from '@ringfence/backstage-plugin-ringfence-common';
import { Remedy } from './Remedy';
import styles from './Requirements.module.css';

function iconOf({ met, level }: Requirement) {
  if (met) return RiCheckLine;
  return level === 'required' ? RiErrorWarningLine : RiInformationLine;
}

/** What a blueprint asks of a Kubernetes cluster, each with what mends it. */
export const Requirements = (props: {
  readonly requirements: readonly Requirement[];
}) => (
  <ul className={styles.requirements}>
    {props.requirements.map(requirement => {
      const { name, met, level, message, remedy } = requirement;
      const Icon = iconOf(requirement);
      return (
        <li
          key={name}
          className={styles.requirement}
          data-level={level}
          data-met={met}
        >
          <Icon aria-hidden size={16} />
          <div className={styles.requirementBody}>
            <Text as="p" variant="body-small">
              <strong>{name}</strong>: {message}
            </Text>
            {!met && remedy && <Remedy remedy={remedy} />}
          </div>
        </li>
      );
    })}
  </ul>
);
