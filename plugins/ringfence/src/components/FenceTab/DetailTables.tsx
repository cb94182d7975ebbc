import { Text } from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import type {
  NodeDetails,
  Peer,
  Report,
  WarningEvent,
} from '@ringfence/backstage-plugin-ringfence-common';
import { useFigures } from '../../hooks/useFigures';
import { ringfenceTranslationRef } from '../../translation';
import { Ago } from '../common/Ago';
import { DataTable } from '../common/DataTable';
import { StatusIcon } from '../common/StatusIcon';
import { Nothing } from './Part';
import styles from './FenceTab.module.css';

/** Plaintext first: it is what the table is read for. */
function openFirst(peers: readonly Peer[]): Peer[] {
  return [...peers].sort(
    (a, b) =>
      Number(a.encrypted) - Number(b.encrypted) ||
      Number(b.refused) - Number(a.refused) ||
      b.connections - a.connections,
  );
}

/** Who talks to the database, by identity. */
export const PeersTable = (props: { readonly peers: readonly Peer[] }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const figures = useFigures();
  if (props.peers.length === 0) return <Nothing>{t('tab.peers.none')}</Nothing>;
  return (
    <DataTable
      label={t('tab.peers.title')}
      columns={[
        t('tab.peers.workload'),
        t('tab.peers.identity'),
        t('tab.peers.wire'),
        t('tab.peers.connections'),
        t('tab.peers.received'),
      ]}
      rows={openFirst(props.peers).map(peer => ({
        id: [
          peer.namespace,
          peer.workload,
          peer.principal,
          peer.encrypted,
          peer.refused,
        ].join('/'),
        cells: [
          `${peer.namespace}/${peer.workload}`,
          peer.principal === 'unknown' ? (
            t('tab.peers.noIdentity')
          ) : (
            <code className={styles.code}>{peer.principal}</code>
          ),
          <span className={styles.withIcon}>
            <StatusIcon status={peer.encrypted ? 'ok' : 'failing'} size={16} />
            <span>
              {t(peer.encrypted ? 'tab.peers.mtls' : 'tab.peers.plaintext')}
              {peer.refused && `, ${t('tab.peers.refused')}`}
            </span>
          </span>,
          figures.count(peer.connections),
          figures.bytes(peer.receivedBytes),
        ],
      }))}
    />
  );
};

/** Columns that some databases have nothing to say in. */
function toldBySome(nodes: readonly NodeDetails[]) {
  return {
    place: nodes.some(({ datacenter, rack }) => datacenter || rack),
    load: nodes.some(({ load }) => load),
  };
}

/** Each node, with what Kubernetes and the database say of it. */
export const NodesTable = (props: {
  readonly nodes: readonly NodeDetails[];
  readonly topology: Report['topology'];
  readonly now: Date;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const figures = useFigures();
  const { nodes, topology, now } = props;
  const unknown = t('tab.unknown');
  if (nodes.length === 0) return <Nothing>{t('tab.nodes.none')}</Nothing>;
  // A ring has them, and where it did not tell, that is said.
  const has = toldBySome(nodes);
  const hasPlace = topology !== 'cluster' || has.place;
  const hasLoad = topology !== 'cluster' || has.load;
  return (
    <DataTable
      label={t('tab.nodes.title')}
      columns={[
        t('tab.nodes.name'),
        t(topology === 'cluster' ? 'tab.nodes.cluster' : 'tab.nodes.ring'),
        t('tab.nodes.ready'),
        t('tab.nodes.restarts'),
        ...(hasPlace ? [t('tab.nodes.place')] : []),
        ...(hasLoad ? [t('tab.nodes.load')] : []),
        t('tab.nodes.hostedOn'),
        t('tab.nodes.started'),
      ]}
      rows={nodes.map(node => ({
        id: node.name,
        cells: [
          <span className={styles.two}>
            <strong>{node.name}</strong>
            {node.address && (
              <Text as="span" variant="body-small" color="secondary">
                {node.address}
              </Text>
            )}
          </span>,
          <span className={styles.withIcon}>
            <StatusIcon status={node.status} size={16} />
            {node.ring ?? unknown}
          </span>,
          t(node.ready ? 'tab.nodes.isReady' : 'tab.nodes.notReady'),
          figures.count(node.restarts),
          ...(hasPlace
            ? [
                [node.datacenter, node.rack].filter(Boolean).join(' / ') ||
                  unknown,
              ]
            : []),
          ...(hasLoad ? [node.load ?? unknown] : []),
          node.hostedOn ?? unknown,
          node.startedAt ? <Ago moment={node.startedAt} now={now} /> : unknown,
        ],
      }))}
    />
  );
};

/** What Kubernetes warns of, the latest first. */
export const WarningsTable = (props: {
  readonly warnings: readonly WarningEvent[];
  readonly now: Date;
}) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { warnings, now } = props;
  if (warnings.length === 0) return <Nothing>{t('tab.warnings.none')}</Nothing>;
  return (
    <DataTable
      label={t('tab.warnings.title')}
      columns={[
        t('tab.warnings.object'),
        t('tab.warnings.reason'),
        t('tab.warnings.message'),
        t('tab.warnings.at'),
      ]}
      rows={[...warnings]
        .sort((a, b) => b.at.localeCompare(a.at))
        .map(({ object, reason, message, at, count }) => ({
          id: [object, reason, message, at].join('/'),
          cells: [
            object,
            reason,
            message,
            <span className={styles.two}>
              <Ago moment={at} now={now} />
              {count > 1 && (
                <Text as="span" variant="body-small" color="secondary">
                  {t('tab.warnings.times', { count })}
                </Text>
              )}
            </span>,
          ],
        }))}
    />
  );
};
