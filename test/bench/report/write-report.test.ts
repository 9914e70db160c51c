import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compare } from '../../../bench/harness/comparison.ts';
import type { Result } from '../../../bench/harness/section.ts';
import { readBaseline, writeReport } from '../../../bench/report/write-report.ts';

const line = (what: string) => compare(what, { a: [1, 1], b: [2, 2] }, { base: 'a', compared: 'b' });
const result: Result = {
	at: '2026-11-28T10:00:00.000Z',
	machine: { node: 'v1', openssl: '2', cpu: 'C', cpus: 2, memoryGiB: 4, platform: 'linux x64', load: 0 },
	peers: {},
	quick: false,
	seconds: 60,
	sections: [
		{
			section: 'lists',
			title: 'Lists',
			tables: [{ title: 'A list', base: 'a', compared: 'b', comparisons: [line('one'), line('two')] }],
			facts: [],
		},
	],
};

it('writes pages, ratios and charts, and removes those of earlier measurements', () => {
	const docs = mkdtempSync(join(tmpdir(), 'firmseal-report-'));
	try {
		expect(readBaseline(docs)).toBeNull();
		mkdirSync(join(docs, 'performance'));
		for (const name of ['gone.svg', 'gone.md', 'others.txt']) writeFileSync(join(docs, 'performance', name), '');
		writeReport(docs, result);
		expect(readdirSync(docs).sort()).toEqual(['performance', 'performance.json', 'performance.md']);
		expect(readdirSync(join(docs, 'performance')).sort()).toEqual(['a-list.svg', 'lists.md', 'others.txt']);
		expect(readBaseline(docs)?.ratios).toEqual({ lists: { 'A list': { one: [2, 2, 2], two: [2, 2, 2] } } });
	} finally {
		rmSync(docs, { recursive: true });
	}
});
