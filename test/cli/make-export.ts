import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FILE_OF } from '../../src/cli/export/lists.ts';
import { FORMAT } from '../../src/cli/export/state.ts';

export const DOCUMENT = '01a20e60-0000-7000-8000-0000000000d1';

/** What a document's name and content can be just as well. */
export const MANIFEST = `{\n\t"format": "${FORMAT}",\n\t"version": 1\n}`;

/** Files of a complete export beside its manifest, one of a version among them. */
export const FILES = ['README.txt', 'firm.json', ...Object.values(FILE_OF), `files/${DOCUMENT}/1/Deed.pdf`];
const CONTENT = 'as it was fetched';

/** The manifest of an export, line by line as a run writes it. */
export function manifestOf(names: readonly string[], failures: readonly object[] = []): string {
	const sha256 = createHash('sha256').update(CONTENT).digest('hex');
	const lines = names.map((name) => `\t\t${JSON.stringify({ name, bytes: CONTENT.length, sha256 })}`);
	const failed = failures.length === 0 ? '' : `\n\t\t${failures.map((one) => JSON.stringify(one)).join(',\n\t\t')}\n\t`;
	return `${MANIFEST.slice(0, -2)},\n\t"counts": {},\n\t"files": [\n${lines.join(',\n')}\n\t],\n\t"failures": [${failed}]\n}\n`;
}

/** A directory that has what a complete export has. `more`: names of more files, which the manifest lists too. */
export function makeExport(path: string, ...more: readonly string[]): void {
	mkdirSync(join(path, 'files', DOCUMENT, '1'), { recursive: true });
	for (const name of [...FILES, ...more]) writeFileSync(join(path, name), CONTENT);
	writeFileSync(join(path, 'manifest.json'), manifestOf([...FILES, ...more]));
}
