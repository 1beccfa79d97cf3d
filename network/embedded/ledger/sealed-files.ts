import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { IndexDatabase } from './index-database.js';
import { fileName, listFiles } from './rolled-files.js';
import type { FileSeries } from './rolled-files.js';

/**
 * A file is sealed when the next one is started; from then on nobody has a reason to touch it. What the file system says
 * of it then is noted in the index, and tells at an opening whether it has to be read again.
 */
export class SealedFiles {
  constructor(private readonly database: IndexDatabase) {}

  async survey(series: FileSeries): Promise<Survey> {
    const newest = Math.max(0, (await listFiles(series)).length - 1);
    const unsure: [file: number, fingerprint: string][] = [];
    for (let file = 0; file < newest; file++) {
      const found = await fingerprint(series, file);
      const sql = 'SELECT fingerprint FROM sealed_files WHERE series = ? AND file = ?';
      const noted = this.database.get<[string]>(sql, [series.prefix, file])?.[0];
      if (noted !== found || unsure.length > 0) unsure.push([file, found]);
    }
    return { series, firstToRead: unsure[0]?.[0] ?? newest, unsure };
  }

  /** After the files have been read as they were surveyed, and found in order. */
  noteSurveyed({ series, unsure }: Survey): void {
    for (const [file, found] of unsure) this.write(series, file, found);
  }

  async note(series: FileSeries, file: number): Promise<void> {
    this.write(series, file, await fingerprint(series, file));
  }

  private write(series: FileSeries, file: number, found: string): void {
    this.database.run('INSERT OR REPLACE INTO sealed_files VALUES (?, ?, ?)', [series.prefix, file, found]);
  }
}

export interface Survey {
  series: FileSeries;
  /** The first file that was not noted or has been touched since; at the latest the newest, which is never sealed. */
  firstToRead: number;
  unsure: [file: number, fingerprint: string][];
}

/** Whoever writes to a file, replaces it or brings it back from elsewhere changes its inode or its change time. */
async function fingerprint(series: FileSeries, file: number): Promise<string> {
  const path = join(series.directory, fileName(series, file));
  const { ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  return [ino, size, mtimeNs, ctimeNs].join(' ');
}
