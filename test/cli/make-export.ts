import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FILE_OF } from '../../src/cli/export/lists.ts';
import { FORMAT } from '../../src/cli/export/manifest.ts';

export const DOCUMENT = '01a20e60-0000-7000-8000-0000000000d1';

/** The beginning of a manifest, which a fetched document could also have. */
export const MANIFEST = `{\n\t"format": "${FORMAT}",\n\t"version": 1\n}`;

/** The files of a complete export without its manifest, including the file of one version. */
export const FILES = ['README.txt', 'firm.json', ...Object.values(FILE_OF), `files/${DOCUMENT}/1/Deed.pdf`];
export const CONTENT = 'as it was fetched';
export const SHA256 = createHash('sha256').update(CONTENT).digest('hex');

const HEAD = {
	format: FORMAT,
	version: 1,
	firm: { id: DOCUMENT, slug: 'north', name: 'No "one",\u2028 \\ {}\u{1F600}' },
	begun: '2026-01-02T03:04:05.678Z',
	ended: '2026-01-02T03:04:05.678Z',
	isSnapshot: false,
	note: 'Not: {',
	counts: { Client: 0, TimeEntry: 12 },
};

/** The manifest of an export, with the line breaks that a run writes. */
export function manifestOf(names: readonly string[], failures: readonly object[] = []): string {
	const lines = names.map((name) => `\t\t${JSON.stringify({ name, bytes: CONTENT.length, sha256: SHA256 })}`);
	const failed = failures.length === 0 ? '' : `\n\t\t${failures.map((one) => JSON.stringify(one)).join(',\n\t\t')}\n\t`;
	const head = JSON.stringify(HEAD, null, '\t').slice(0, -2);
	return `${head},\n\t"files": [\n${lines.join(',\n')}\n\t],\n\t"failures": [${failed}]\n}\n`;
}

/** Creates a directory with a complete export. `more` names additional files, which the manifest lists too. */
export function makeExport(path: string, ...more: readonly string[]): void {
	mkdirSync(join(path, 'files', DOCUMENT, '1'), { recursive: true });
	for (const name of [...FILES, ...more]) writeFileSync(join(path, name), CONTENT);
	writeFileSync(join(path, 'manifest.json'), manifestOf([...FILES, ...more]));
}
