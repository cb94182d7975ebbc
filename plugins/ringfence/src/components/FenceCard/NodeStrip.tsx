import { Text, VisuallyHidden } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type { NodeSummary } from '@ringfence/backstage-plugin-ringfence-common';
import { ringfenceTranslationRef } from '../../translation';
import { StatusIcon } from '../common/StatusIcon';
import styles from './NodeStrip.module.css';

/** One square a node. */
export const NodeStrip = (props: {
  readonly nodes: readonly NodeSummary[];
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  if (props.nodes.length === 0) {
    return (
      <Text as="p" variant="body-small" color="secondary">
        {t('card.nodes.none')}
      </Text>
    );
  }
  return (
    <ul className={styles.nodes}>
      {props.nodes.map(node => (
        <li
          key={node.name}
          className={styles.node}
          data-status={node.status}
          title={[node.name, node.address, node.summary]
            .filter(Boolean)
            .join('\n')}
        >
          <StatusIcon status={node.status} size={16} />
          <span className={styles.nodeName}>{node.name}</span>
          <span className={styles.nodeSummary}>
            <VisuallyHidden>{t(`card.status.${node.status}`)}, </VisuallyHidden>
            {node.summary}
          </span>
        </li>
      ))}
    </ul>
  );
};
