import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstallation, type TestFirm } from '../../support/installation.ts';
import { embedded } from '../../support/own-servers.ts';
import type { RunningApi } from '../../system/program.ts';
import type { Expected } from '../load.ts';
import { expectAll } from '../mails.ts';
import { type LegacyScene, makeLegacyScene } from './scene.ts';
import { asOldProgram, type Step } from './working.ts';

const NOTE = 'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id title body revision } } }';

describe('a rollback', () => {
	let scene: LegacyScene;
	let api: RunningApi;
	let north: TestFirm;
	const notes = new Map<string, Expected>();

	beforeAll(async () => {
		scene = await makeLegacyScene({ firms: ['north'], make: () => makeInstallation(embedded) });
		[north] = scene.firms as [TestFirm];
		api = await scene.serve();
		scene.work();
	}, 120_000);
	afterAll(() => scene?.close());

	const write = async (body: string): Promise<string> => {
		const { data, errors } = await api.ask(north.member, NOTE, { input: { title: 'T', body } });
		expect(errors).toEqual([]);
		const { id, ...note } = data.createNote.note;
		notes.set(id, note);
		return id;
	};
	/** Writes as a program that knows only the plaintext column. */
	const change = async (id: string, body: string): Promise<void> => {
		const { installation } = scene;
		expect(
			await asOldProgram(installation, north, (tx) => tx`update notes set body_plain = ${body} where id = ${id}`),
		).toBe(null);
		notes.set(id, { ...(notes.get(id) as Expected), body });
	};
	const phase = async () => (await scene.migrate('status')).result.columns[0].phase as string;

	it.each<[from: string, steps: Step[]]>([
		['EXPANDED', ['expand']],
		['EXPANDED', ['expand', 'backfill']],
		['VERIFIED', ['expand', 'backfill', 'verify']],
		['CUTOVER', ['expand', 'backfill', 'verify', 'cutover']],
	])('from %s, after %j, loses nothing that was written before, during or after it', async (from, steps) => {
		const before = await write(`before ${steps.length}`);
		for (const name of steps) await scene.step(name);
		expect(await phase()).toBe(from);
		const then = await write(`in phase ${steps.length}`);
		if (from !== 'CUTOVER') await change(before, `by the old program, in phase ${steps.length}`);
		await expectAll(api, north, notes);
		await scene.step('rollback');
		expect(await phase()).toBe('ROLLED_BACK');
		await expectAll(api, north, notes);
		// The old program reads everything, and continues.
		const rows = await scene.installation.admin`select id, body_plain as body from notes`;
		expect(new Map(rows.map(({ id, body }) => [id, body]))).toEqual(
			new Map([...notes].map(([id, { body }]) => [id, body])),
		);
		await change(then, `by the old program, since ${steps.length}`);
		await write(`since ${steps.length}`);
		await expectAll(api, north, notes);
	});
});
