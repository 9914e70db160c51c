import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { TestFirm, TestWorker } from '../support/installation.ts';
import { firmsealJson } from '../system/program.ts';
import { type BringStage, makeBringStage } from './bring-stage.ts';

vi.setConfig({ testTimeout: 180_000 });

describe('the key that a firm has brought', () => {
	let stage: BringStage;
	let west: TestFirm;
	let own: string;
	let worker: TestWorker;
	let apis: BringStage['apis'];

	beforeAll(async () => {
		stage = await makeBringStage('model', null);
		own = await stage.newKey();
		west = await stage.addOwnFirm('west', own);
		worker = await stage.installation.startWorker();
		apis = stage.apis;
		for (const api of apis) expect(await stage.readsAll(api, west)).toBe(true);
	});
	afterAll(() => stage?.close());

	const shown = async () => {
		const { data } = await apis[0].ask(west.owner, '{ firmKeys { class isOwn ownKeyState ownKeySince } }');
		return data.firmKeys[0] as { isOwn: boolean; ownKeyState: string | null; ownKeySince: string | null };
	};
	/** Lets fifteen seconds pass, also in the database. Returns what the firm is shown then. */
	const seen = async () => {
		await worker.advance(16_000);
		await stage.installation.admin`update own_key_states set next_at = next_at - interval '16 seconds'`;
		await worker.advance();
		return (await shown()).ownKeyState;
	};
	const noticed = async () => {
		const { data } = await apis[0].ask(west.owner, '{ notices(first: 20) { nodes { kind keyState } } }');
		return data.notices.nodes
			.filter(({ kind }: { kind: string }) => kind === 'KEY_STATE_CHANGED')
			.map(({ keyState }: { keyState: string }) => keyState)
			.reverse();
	};
	const recorded = async () =>
		(
			await stage.installation.admin`select leaf::json -> 'coordinates' ->> 0 as of from audit_entries
				where leaf::json ->> 'action' = 'key.state' and leaf::json ->> 'firm' = ${west.id} order by appended_at`
		).map(({ of }) => of);

	it('is reported as healthy, and a key of the platform is not checked', async () => {
		expect(await seen()).toBe('HEALTHY');
		expect(await shown()).toMatchObject({ isOwn: true, ownKeySince: expect.any(String) });
		const { data } = await apis[0].ask(stage.north.owner, '{ firmKeys { isOwn ownKeyState } }');
		expect(data.firmKeys[0]).toEqual({ isOwn: false, ownKeyState: null });
		expect(await noticed()).toEqual([]);
	});

	it('makes content unavailable in every process by the first check after it is disabled, and available again later', async () => {
		await stage.disable(own);
		expect(await seen()).toBe('REVOKED');
		for (const api of apis) await expect.poll(() => stage.readsAll(api, west)).toBe(false);
		// Only metadata is served, also by a process that has started since. No other firm is affected.
		const late = await stage.installation.serve();
		for (const api of [...apis, late]) {
			const { data, errors } = await api.ask(west.member, '{ notes { totalCount nodes { title } } }');
			expect([data.notes.totalCount, data.notes.nodes.map(({ title }: { title: null }) => title)]).toEqual([
				2,
				[null, null],
			]);
			expect(errors[0]?.extensions.code).toBe('KEY_UNAVAILABLE');
			const made = await api.ask(west.member, 'mutation { createNote(input: { title: "new" }) { note { id } } }');
			expect(made.errors[0]?.extensions.code).toBe('KEY_UNAVAILABLE');
			expect(await stage.readsAll(api)).toBe(true);
		}
		expect([await noticed(), await recorded()]).toEqual([['REVOKED'], ['OwnKey.REVOKED']]);
		const list = await firmsealJson(stage.installation.env, 'keys', 'list', '--firm', 'west');
		expect(list.result.ownKeys).toEqual([{ firmId: west.id, state: 'REVOKED', since: expect.any(String) }]);
		const doctor = await firmsealJson(stage.installation.env, 'doctor');
		expect(doctor.code).toBe(1);
		expect(doctor.result.findings).toContainEqual({
			check: 'the key that west has brought opens',
			ok: false,
			fix: expect.stringMatching(/^It is REVOKED since .*ask the firm/),
		});
		// No process tried another key instead.
		expect(await stage.under(west)).toEqual([own]);

		await stage.enable(own);
		for (const api of [...apis, late]) await expect.poll(() => stage.readsAll(api, west)).toBe(true);
		expect(await seen()).toBe('RESTORED');
		// A minute later.
		await stage.installation
			.admin`update own_key_states set since = since - interval '1 minute' where firm_id = ${west.id}`;
		expect(await seen()).toBe('HEALTHY');
		expect(await noticed()).toEqual(['REVOKED', 'RESTORED', 'HEALTHY']);
		expect(await recorded()).toEqual(['OwnKey.REVOKED', 'OwnKey.RESTORED', 'OwnKey.HEALTHY']);
		const alerts = await stage.installation.admin`select distinct rule from alerts where subject = ${west.id}`;
		expect(alerts.map(({ rule }) => rule)).toContain('KEY_CHANGED');
		await late.stop();
	});

	it('is reported as degraded while the service is unavailable or overloaded, which says nothing about the key', async () => {
		for (const name of ['KMSInternalException', 'ThrottlingException']) {
			stage.front.refuse(({ operation }) => (operation === 'Decrypt' ? name : null));
			expect(await seen()).toBe('DEGRADED');
			stage.front.refuse(() => null);
			// A failed check pauses for a moment.
			await expect.poll(seen).toBe('HEALTHY');
		}
		expect((await noticed()).slice(3)).toEqual(['DEGRADED', 'HEALTHY', 'DEGRADED', 'HEALTHY']);
	});

	it('is no longer checked after it is given back', async () => {
		const job = await stage.change(west, null);
		expect(await stage.end(job)).toMatchObject({ state: 'DONE' });
		await worker.advance(16_000);
		expect(await stage.installation.admin`select 1 from own_key_states where firm_id = ${west.id}`).toEqual([]);
		expect(await shown()).toEqual({ class: expect.any(String), isOwn: false, ownKeyState: null, ownKeySince: null });
		// Firmseal no longer depends on what the firm does with its key.
		await stage.disable(own);
		for (const api of apis) expect(await stage.readsAll(api, west)).toBe(true);
	});
});
