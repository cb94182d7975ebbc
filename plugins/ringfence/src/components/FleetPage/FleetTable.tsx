import { ReactElement, ReactNode, useState } from 'react';
import {
  Cell,
  Column,
  Link,
  Row,
  SortDescriptor,
  TableBody,
  TableHeader,
  TablePagination,
  TableRoot,
  Text,
  useBreakpoint,
} from '@backstage/ui';
import { useTranslationRef } from '@backstage/frontend-plugin-api';
import {
  EntityDisplayName,
  useEntityRefLink,
} from '@backstage/plugin-catalog-react';
import {
  FleetRow,
  databaseEntityRef,
  stringifyDatabaseRef,
} from '@ringfence/backstage-plugin-ringfence-common';
import { useTimes } from '../../hooks/useTimes';
import { ringfenceTranslationRef } from '../../translation';
import { Ago } from '../common/Ago';
import { StatusIcon } from '../common/StatusIcon';
import { FleetColumn, fleetStateOf } from './fleetQuery';
import { ownerName } from './ownerName';
import styles from './FleetPage.module.css';

const PAGE_SIZES = [25, 50, 100];

const Two = (props: {
  readonly first: ReactNode;
  readonly second?: ReactNode;
}) => (
  <div className={styles.two}>
    <span>{props.first}</span>
    {props.second && <span className={styles.second}>{props.second}</span>}
  </div>
);

const Fence = (props: { readonly row: FleetRow }) => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { row } = props;
  const state = fleetStateOf(row);
  const words = t(`fleet.states.${state}`);
  // A fence that holds has no more to say than that.
  const more = row.status === 'ok' ? undefined : row.headline;
  return (
    <div className={styles.fence}>
      <StatusIcon status={row.status} size={18} />
      <Two
        first={words}
        second={
          more &&
          more !== words && (
            <span className={styles.headline} title={more}>
              {more}
            </span>
          )
        }
      />
    </div>
  );
};

const Expiry = (props: { readonly row: FleetRow; readonly now: Date }) => {
  const times = useTimes();
  const notAfter = props.row.certificateNotAfter;
  if (!notAfter) return <>–</>;
  return (
    <time dateTime={notAfter} title={times.absolute(notAfter)}>
      {times.expiry(notAfter, props.now)}
    </time>
  );
};

/** What a column shows of a row; `narrow` where it has to stand in for others. */
function useCells(now: Date, narrow: boolean) {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const entityHref = useEntityRefLink();
  const cells: Record<FleetColumn, (row: FleetRow) => ReactNode> = {
    name: row => {
      const address = stringifyDatabaseRef(row);
      const where = narrow
        ? [
            row.kubernetesCluster,
            ownerName(row.owner),
            row.blueprintTitle,
            row.version,
          ]
        : [row.namespace === row.name ? undefined : row.namespace];
      return (
        <Two
          first={
            <Link
              href={entityHref(databaseEntityRef(row))}
              weight="bold"
              standalone
              aria-label={t('fleet.open', {
                name: row.name,
                database: address,
              })}
            >
              {row.name}
            </Link>
          }
          second={where.filter(Boolean).join(' · ')}
        />
      );
    },
    fence: row => <Fence row={row} />,
    owner: row => (
      <Link href={entityHref(row.owner)} standalone>
        <EntityDisplayName entityRef={row.owner} hideIcon disableTooltip />
      </Link>
    ),
    kubernetesCluster: row => row.kubernetesCluster,
    blueprint: row => row.blueprintTitle,
    version: row => (
      <Two
        first={row.version ?? '–'}
        second={
          row.replicas !== undefined &&
          t('fleet.replicas', { count: row.replicas })
        }
      />
    ),
    expiry: row => <Expiry row={row} now={now} />,
    observed: row =>
      row.observedAt ? (
        <Ago moment={row.observedAt} now={now} />
      ) : (
        t('fleet.notYet')
      ),
  };
  return cells;
}

const WIDE: readonly FleetColumn[] = [
  'name',
  'fence',
  'owner',
  'kubernetesCluster',
  'blueprint',
  'version',
  'expiry',
  'observed',
];
/** The rest stands below the name. */
const NARROW: readonly FleetColumn[] = ['name', 'fence', 'expiry'];

/** One page of databases at a time, so that a thousand are as quick as ten. */
export const FleetTable = (props: {
  readonly rows: readonly FleetRow[];
  readonly sort: SortDescriptor;
  readonly onSortChange: (sort: SortDescriptor) => void;
  readonly now: Date;
}): ReactElement => {
  const { t } = useTranslationRef(ringfenceTranslationRef);
  const { rows, sort, onSortChange, now } = props;
  const narrow = !useBreakpoint().up('lg');
  const cells = useCells(now, narrow);
  const entityHref = useEntityRefLink();
  const [pageSize, setPageSize] = useState(PAGE_SIZES[0]);
  const [asked, setOffset] = useState(0);
  // Fewer may be left than when the page was turned.
  const last = Math.floor(Math.max(0, rows.length - 1) / pageSize) * pageSize;
  const offset = Math.min(asked, last);
  const columns = (narrow ? NARROW : WIDE).map(id => ({ id }));

  return (
    <div className={styles.tableFrame}>
      <div className={`${styles.tableScroll} ${narrow ? styles.narrow : ''}`}>
        <TableRoot
          aria-label={t('fleet.table')}
          sortDescriptor={sort}
          onSortChange={onSortChange}
        >
          <TableHeader columns={columns}>
            {({ id }) => (
              <Column
                id={id}
                isRowHeader={id === 'name'}
                allowsSorting
                className={styles[`column-${id}`]}
              >
                {t(`fleet.columns.${id}`)}
              </Column>
            )}
          </TableHeader>
          <TableBody
            items={rows
              .slice(offset, offset + pageSize)
              .map(row => ({ id: stringifyDatabaseRef(row), row }))}
            dependencies={[columns, now]}
          >
            {({ id: address, row }) => (
              <Row
                id={address}
                columns={columns}
                href={entityHref(databaseEntityRef(row))}
              >
                {({ id }: { id: FleetColumn }) => (
                  <Cell className={styles.cell}>
                    <Text as="div" variant="body-medium">
                      {cells[id](row)}
                    </Text>
                  </Cell>
                )}
              </Row>
            )}
          </TableBody>
        </TableRoot>
      </div>
      {rows.length > PAGE_SIZES[0] && (
        <TablePagination
          pageSize={pageSize}
          pageSizeOptions={PAGE_SIZES.map(count => ({
            value: count,
            label: t('fleet.paging.size', { count }),
          }))}
          offset={offset}
          totalCount={rows.length}
          getLabel={() =>
            t('fleet.paging.range', {
              from: String(offset + 1),
              to: String(Math.min(offset + pageSize, rows.length)),
              of: String(rows.length),
            })
          }
          hasNextPage={offset + pageSize < rows.length}
          hasPreviousPage={offset > 0}
          onNextPage={() => setOffset(offset + pageSize)}
          onPreviousPage={() => setOffset(Math.max(0, offset - pageSize))}
          onPageSizeChange={size => {
            setPageSize(size);
            setOffset(0);
          }}
        />
      )}
    </div>
  );
};
