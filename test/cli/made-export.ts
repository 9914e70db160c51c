import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FILE_OF } from '../../src/cli/export/lists.ts';
import { FORMAT } from '../../src/cli/export/state.ts';

export const DOCUMENT = '01a20e60-0000-7000-8000-0000000000d1';

/** What a document's name and content can be just as well. */
export const MANIFEST = `{\n\t"format": "${FORMAT}",\n\t"version": 1\n}`;

/** A directory that has what a complete export has, with a file of one version. */
export function makeExport(path: string): void {
	mkdirSync(join(path, 'files', DOCUMENT, '1'), { recursive: true });
	for (const name of ['README.txt', 'firm.json', ...Object.values(FILE_OF), `files/${DOCUMENT}/1/Deed.pdf`])
		writeFileSync(join(path, name), '');
	writeFileSync(join(path, 'manifest.json'), MANIFEST);
}
