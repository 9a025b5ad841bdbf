// tamper.mjs – an installation's database, reached without the server.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

export const databaseOf = (installation) => installation.settings[installation.settings.indexOf('--database') + 1];

/** Changes the database behind the server's back. */
export function tamper(installation, sql) {
  if (installation.engine === 'postgresql') execFileSync('psql', ['-q', '-d', databaseOf(installation), '-c', sql]);
  else execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(installation.data, 'greffier.db'), sql]);
}
