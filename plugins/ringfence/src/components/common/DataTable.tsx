import { ReactNode } from 'react';
import {
  Cell,
  Column,
  Row,
  TableBody,
  TableHeader,
  TableRoot,
} from '@backstage/ui';
import styles from './DataTable.module.css';

/** One row; its cells are in the order of the columns. */
export interface DataRow {
  readonly id: string;
  readonly cells: readonly ReactNode[];
}

/** A small table to read; what is too wide scrolls. */
export const DataTable = (props: {
  readonly label: string;
  readonly columns: readonly string[];
  readonly rows: readonly DataRow[];
}) => {
  const columns = props.columns.map((label, index) => ({
    id: String(index),
    label,
  }));
  return (
    <div className={styles.scroll}>
      <TableRoot aria-label={props.label}>
        <TableHeader columns={columns}>
          {({ id, label }) => (
            <Column id={id} isRowHeader={id === '0'}>
              {label}
            </Column>
          )}
        </TableHeader>
        <TableBody items={[...props.rows]} dependencies={[props.rows]}>
          {row => (
            <Row id={row.id} columns={columns}>
              {({ id }: { id: string }) => (
                <Cell className={styles.cell}>{row.cells[Number(id)]}</Cell>
              )}
            </Row>
          )}
        </TableBody>
      </TableRoot>
    </div>
  );
};
