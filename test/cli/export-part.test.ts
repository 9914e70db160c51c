import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openExportPart, type Part } from '../../src/cli/export/part.ts';
import { publish } from '../../src/cli/export/place.ts';
import { makeExport } from './made-export.ts';

const FIRM = '01a20e60-0000-7000-8000-000000000001';
let directory: string;
const out = () => join(directory, 'out');
const resume = (name: string) => join(directory, 'out.part/resume', name);
const begin = async () => (await openExportPart(out(), FIRM)) as Part;

beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'firmseal-part-'));
});
afterEach(() => {
	rmSync(directory, { recursive: true });
});

it('a run reads what another has left only when that can save no more', async () => {
	await (await begin()).leave();
	const left = readFileSync(resume('state.json'));
	rmSync(resume('state.json'));
	execFileSync('mkfifo', [resume('state.json')]);
	const second = begin();
	// Opens once the other end is opened to be read.
	const pipe = await open(resume('state.json'), 'w');
	const isHeld = existsSync(resume('running'));
	await pipe.writeFile(left);
	await pipe.close();
	expect(isHeld).toBe(true);
	const part = await second;
	expect([part.isResumed, part.state.runs]).toEqual([true, 2]);
	await part.leave();
});

it('a run that has completed its export lets go of nothing that another has by then', async () => {
	const first = await begin();
	await first.complete();
	rmSync(join(directory, 'out.part'), { recursive: true });
	const second = await begin();
	await first.leave();
	await expect(begin()).rejects.toMatchObject({ code: 'CONFLICT' });
	await second.leave();
});

it('an export that was to be replaced keeps its name when another run has published the next one', async () => {
	makeExport(out());
	const names = readdirSync(out());
	await expect(publish(out(), true)).rejects.toMatchObject({
		code: 'CONFLICT',
		message: expect.stringMatching('^Another run has'),
	});
	expect(readdirSync(directory)).toEqual(['out']);
	expect(readdirSync(out())).toEqual(names);
});

it('a run that can’t go on with what it finds keeps no other out', async () => {
	mkdirSync(join(directory, 'out.part'), { mode: 0o700 });
	await (await begin()).leave();
	await expect(openExportPart(out(), FIRM.replace(/1$/, '2'))).rejects.toThrow('another firm’s');
	expect(existsSync(resume('running'))).toBe(false);
});
