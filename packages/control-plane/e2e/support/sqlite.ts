import { DatabaseSync } from 'node:sqlite';

/** All rows of all tables of a SQLite file as text: what was deleted is not among them. */
export function readRows(file: string): string {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const tables = database
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
      .all();
    const rows = tables.flatMap(({ name }) =>
      database.prepare(`SELECT * FROM "${name}"`).all(),
    );
    return rows.map(row => JSON.stringify(row)).join('\n');
  } finally {
    database.close();
  }
}
