import type {
  IgniteSession,
  IgniteState,
} from '@ringfence/backstage-plugin-ringfence-node';
import type { MessageReader, MessageWriter } from './bytes';
import type { Connection } from './Connection';
import { readValue, writeValue } from './values';

/** Of `ClientMessageParser`. */
const OPERATIONS = {
  closeResource: 0,
  sqlFields: 2004,
  nextPage: 2005,
  getState: 5000,
  changeState: 5001,
  nodeIds: 5100,
} as const;

/** By their ordinals. */
const STATES: readonly IgniteState[] = [
  'INACTIVE',
  'ACTIVE',
  'ACTIVE_READ_ONLY',
];

const PAGE_ROWS = 256;
/** What is asked here is about nodes, users and caches; more would fill the memory. */
const MAX_ROWS = 10_000;
const ANY_STATEMENT = 0;
const SERVER_NODES = 2;

/** A page of rows. */
interface Page {
  readonly rows: unknown[][];
  readonly hasMore: boolean;
}

const nothing = () => {};

/** The questions of an {@link IgniteSession}, asked over a connection. */
export function createSession(
  connection: Connection,
): Omit<IgniteSession, 'close'> {
  const state = () =>
    connection.request(OPERATIONS.getState, nothing, readState);
  return {
    query: (sql, args = []) => query(connection, sql, args),
    state,
    async setState(wanted) {
      if ((await state()) === wanted) return;
      await connection.request(
        OPERATIONS.changeState,
        body => body.byte(STATES.indexOf(wanted)),
        () => undefined,
      );
    },
    serverNodes: () =>
      connection.request(OPERATIONS.nodeIds, writeServerNodes, readCount),
  };
}

function readState(answer: MessageReader): IgniteState {
  const ordinal = answer.byte();
  const state = STATES[ordinal];
  if (!state) throw new RangeError(`state ${ordinal} is unknown`);
  return state;
}

/** All nodes that keep data, whatever topology is known already. */
function writeServerNodes(body: MessageWriter): void {
  body.int64(0n).int32(1).int16(SERVER_NODES).boolean(true);
}

function readCount(answer: MessageReader): number {
  if (!answer.boolean()) return 0;
  answer.int64(); // the topology's version
  return answer.count();
}

async function query(
  connection: Connection,
  sql: string,
  args: readonly unknown[],
): Promise<unknown[][]> {
  const first = await connection.request(
    OPERATIONS.sqlFields,
    body => writeQuery(body, sql, args),
    answer => {
      const cursor = answer.int64();
      const columns = answer.int32();
      return { cursor, columns, ...readPage(answer, columns) };
    },
  );
  const { cursor, columns, rows } = first;
  let { hasMore } = first;
  while (hasMore && rows.length < MAX_ROWS) {
    const page = await connection.request(
      OPERATIONS.nextPage,
      body => body.int64(cursor),
      answer => readPage(answer, columns),
    );
    rows.push(...page.rows);
    hasMore = page.hasMore;
  }
  if (!hasMore) return rows;
  await connection.request(
    OPERATIONS.closeResource,
    body => body.int64(cursor),
    () => undefined,
  );
  throw new Error(`The answer has more than ${MAX_ROWS} rows: ask for fewer`);
}

function writeQuery(
  body: MessageWriter,
  sql: string,
  args: readonly unknown[],
): void {
  body.int32(0).byte(0); // no cache, no flags
  writeValue(body, 'PUBLIC');
  body.int32(PAGE_ROWS).int32(-1);
  writeValue(body, sql);
  body.int32(args.length);
  args.forEach(arg => writeValue(body, arg));
  body.byte(ANY_STATEMENT);
  // Distributed joins, local, replicated only, join order, collocated.
  [false, false, false, false, false].forEach(flag => body.boolean(flag));
  const [lazy, timeoutMs, columnNames] = [true, 0n, false] as const;
  body.boolean(lazy).int64(timeoutMs).boolean(columnNames);
}

function readPage(answer: MessageReader, columns: number): Page {
  const rows = Array.from({ length: answer.count() }, () =>
    Array.from({ length: columns }, () => readValue(answer)),
  );
  return { rows, hasMore: answer.boolean() };
}
