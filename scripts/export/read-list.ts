import { createReadStream } from 'node:fs';
import { ExportFault } from './export-report.js';
import { LIST } from './files.js';

/** A list may come from anybody: what a cell can have is what a page's hits can. */
const MOST_CHARACTERS = 10_000;

/**
 * The first two cells of each row of a list (RFC 4180), one row after the other; its header is the first of them.
 * @throws {ExportFault} where one of them is longer than any can be, and where the file cannot be read.
 */
export async function* readRows(file: string): AsyncGenerator<[first: string, second: string], void> {
  let cells = [''];
  let isQuoted = false;
  for await (const chunk of readText(file)) {
    for (const char of chunk) {
      if (char === '"') isQuoted = !isQuoted;
      if (char === ',' && !isQuoted) cells.push('');
      else if (char === '\n' && !isQuoted) {
        yield rowOf(cells);
        cells = [''];
      } else if (cells.length <= 2) cells[cells.length - 1] = add(cells.at(-1) ?? '', char);
    }
  }
  if (cells.length > 1 || cells[0] !== '') yield rowOf(cells);
}

async function* readText(file: string): AsyncGenerator<string> {
  try {
    for await (const chunk of createReadStream(file, 'utf8')) yield chunk as string;
  } catch (error) {
    throw new ExportFault('MALFORMED_EXPORT', LIST, (error as Error).message);
  }
}

function add(cell: string, char: string): string {
  if (cell.length >= MOST_CHARACTERS) throw new ExportFault('LIST_MISMATCH', LIST, 'a cell is too long');
  return cell + char;
}

function rowOf([first = '', second = '']: string[]): [string, string] {
  return [plain(first), plain(second)];
}

/** Without the quotes around it, and with one for each two in it. */
function plain(cell: string): string {
  const text = cell.replace(/\r$/, '');
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
}
