import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidToBase64url } from '../../src/audit/index.ts';
import { claimsOf } from '../attacks/scene.ts';
import type { TestApi, TestFirm, TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { agreed, type Forged, pastGuard, proven, put } from './forged-jobs.ts';
import { ask, ended, keysOf, readNotes, versionsOf, writeNotes } from './stage.ts';

const FORBIDDEN = { state: 'FAILED', trouble: 'FORBIDDEN' };
/** invalid_transaction_state: the trigger on jobs refuses with this code. */
const NO_SUCH_MOVE = '25000';

let installation: TestInstallation;
let api: TestApi;
let north: TestFirm;
let harbour: TestFirm;
let notes: string[];
const [one, other] = [uuidv7(), uuidv7()];

beforeAll(async () => {
	({ installation, north, harbour } = await makePopulated(embedded));
	api = await installation.serve();
	await installation.startWorker({}, { propagationSeconds: 0 });
	notes = await writeNotes(api, north, ['one', 'two']);
	await writeNotes(api, harbour, ['theirs']);
});
afterAll(() => installation?.close());

const keys = async () =>
	JSON.stringify(
		await installation.admin`
		select firm_id, class, version, state, wrapped, commitment from data_keys where class <> 'CHECKPOINT' order by 1, 2, 3`,
	);
const stateOf = async (version: number, of = 'NOTE') =>
	(await keysOf(installation, north.id)).find((key) => key.class === of && key.version === version)?.state;
const done = async (kind: 'ROTATE' | 'REENCRYPT' | 'DISABLE', version: number) => {
	const { job } = await ask(installation, { firm: north.id, kind, class: 'NOTE', version });
	expect(await ended(installation, job.id)).toMatchObject({ state: 'DONE' });
};
const bodies = async () => (await readNotes(api, north, notes)).notes.map((note) => note?.body);
const endOf = async (job: Forged) => ended(installation, await put(installation, job));

describe('a job inserted or changed in SQL', () => {
	const rotation = (version = 2) => proven(installation, { firmId: north.id, kind: 'ROTATE', class: 'NOTE', version });
	const FORGERIES: Readonly<Record<string, (job: Forged) => Partial<Forged> | Promise<Partial<Forged>>>> = {
		'with an empty proof': () => ({ mac: Buffer.alloc(36) }),
		'under a key version that never existed': ({ mac }) => ({ mac: Buffer.from([0, 0, 0, 9, ...mac.subarray(4)]) }),
		'with the proof of another job': async ({ version }) => ({ mac: (await rotation(version ?? 0)).mac }),
		'under another id': () => ({ id: uuidv7() }),
		'of another kind': () => ({ kind: 'REWRAP' }),
		'of a kind that needs two persons': () => ({ kind: 'DESTROY' }),
		'of another class': () => ({ class: 'BILLING' }),
		'without a class': () => ({ class: null }),
		'of another version': () => ({ version: 2 }),
		'of another firm': () => ({ firmId: harbour.id }),
		'of the platform': () => ({ firmId: '00000000-0000-0000-0000-000000000000' }),
		'requested by another person': () => ({ askedBy: one }),
		'requested on another plane': () => ({ askedOn: 'worker' }),
		'requested by the firm': () => ({ askedOn: 'firm' }),
		'requested at another time': ({ askedAt }) => ({ askedAt: new Date(askedAt.getTime() + 1) }),
		'with a subject': () => ({ subject: 'Note.body' }),
		'with terms': () => ({ terms: '{}' }),
		'with an unproven approval': () => ({ agreedBy: one, agreedMac: Buffer.alloc(36) }),
	};
	const ids = new Map<string, string>();
	let before: string;
	beforeAll(async () => {
		before = await keys();
		for (const [index, [what, change]] of Object.entries(FORGERIES).entries()) {
			const job = await rotation(100 + index);
			ids.set(what, await put(installation, { ...job, ...(await change(job)) }));
		}
	});

	it.each(Object.keys(FORGERIES))('%s is refused, reported and changes nothing', async (what) => {
		const id = ids.get(what) ?? '';
		expect(await ended(installation, id)).toMatchObject(FORBIDDEN);
		expect(await keys()).toBe(before);
		const entries = await installation.admin`
			select leaf::json as leaf from audit_entries where leaf::json -> 'records' ->> 0 = ${uuidToBase64url(id)}
			order by sequence`;
		expect(entries.map(({ leaf }) => [leaf.action, leaf.decision, leaf.reason])).toEqual([
			['rights.refuse', 'DENIED', 'FORBIDDEN'],
			['job.end', 'FAILED', 'FORBIDDEN'],
		]);
	});

	it('can be proven with the firm’s key only if it rotates a data key', async () => {
		const of = { firmId: north.id, askedOn: 'firm' as const, askedBy: claimsOf(north.owner).sub };
		for (const rest of [
			{ kind: 'REWRAP' as const, class: null, version: null },
			{ kind: 'ROTATE' as const, class: null, version: 2 },
			{ kind: 'DISABLE' as const, class: null, version: null },
			{ kind: 'REENCRYPT' as const, class: 'NOTE', version: 1 },
		])
			expect([rest.kind, await endOf(await proven(installation, { ...of, ...rest }))]).toMatchObject([
				rest.kind,
				FORBIDDEN,
			]);
		expect(await keys()).toBe(before);
	});

	it('of a firm whose keys are unavailable delays no job of another firm', async () => {
		const west = await installation.addFirm('west');
		const job = { ...(await rotation()), firmId: west.id, askedOn: 'firm' as const, askedBy: claimsOf(west.owner).sub };
		const behind = await proven(installation, { firmId: north.id, kind: 'REWRAP', class: null, version: null });
		const directory = join(installation.directory, 'keyring', 'firms', west.id);
		const files = readdirSync(directory).map((name) => join(directory, name));
		const whole = files.map((file) => readFileSync(file));
		for (const file of files) writeFileSync(file, 'damaged');
		const id = await put(installation, job);
		await installation.admin`update jobs set next_at = '2000-01-01' where id = ${id}`;
		expect(await endOf(behind)).toMatchObject({ state: 'DONE' });
		const [row] = await installation.admin`select trouble, ended_at from jobs where id = ${id}`;
		expect(row).toEqual({ trouble: 'KEY_UNAVAILABLE', ended_at: null });
		for (const [index, file] of files.entries()) writeFileSync(file, whole[index] ?? '');
		// The proof can be checked only now.
		await installation.admin`update jobs set next_at = now() where id = ${id}`;
		expect(await ended(installation, id)).toMatchObject(FORBIDDEN);
	});
});

describe('the destruction of a key, in SQL', () => {
	beforeAll(async () => {
		await done('ROTATE', 2);
		await done('REENCRYPT', 2);
		expect([await stateOf(1), await versionsOf(installation, north.id)]).toEqual(['DISABLED', { 2: 4 }]);
	});
	const destruction = (version = 1) =>
		proven(installation, { firmId: north.id, kind: 'DESTROY', class: 'NOTE', version, askedBy: one });

	it('is impossible for one person: the trigger refuses the change, and the worker refuses the job without the trigger', async () => {
		const waiting = { ...(await destruction()), state: 'WAITING' as const };
		const id = await put(installation, waiting);
		const move = `update jobs set state = 'QUEUED' where id = '${id}'`;
		await expect(installation.admin.unsafe(move)).rejects.toMatchObject({ code: NO_SUCH_MOVE });
		await pastGuard(installation, move);
		expect(await ended(installation, id)).toMatchObject(FORBIDDEN);
		for (const state of ['QUEUED', 'RUNNING'] as const)
			expect(await endOf({ ...(await destruction()), state })).toMatchObject(FORBIDDEN);
		expect(await stateOf(1)).toBe('DISABLED');
	});

	it('is impossible with a forged approval, or one of another job or person', async () => {
		const [job, theirs] = [await destruction(), await agreed(installation, await destruction(), other)];
		for (const agreedMac of [Buffer.alloc(36), job.mac, theirs.agreedMac as Buffer])
			expect(await endOf({ ...(await destruction()), agreedBy: other, agreedMac })).toMatchObject(FORBIDDEN);
		expect(await endOf({ ...(await agreed(installation, await destruction(), other)), agreedBy: one })).toMatchObject(
			FORBIDDEN,
		);
		// A person's approval of their own request doesn't count, even if it is proven.
		expect(await endOf(await agreed(installation, await destruction(), one))).toMatchObject(FORBIDDEN);
		expect(await stateOf(1)).toBe('DISABLED');
	});

	it('cannot skip the count of values under the key, even if the row is at a later step', async () => {
		await done('ROTATE', 3);
		await done('DISABLE', 2);
		for (const step of [0, 1, 2, 3, 4]) {
			const job = await agreed(installation, await destruction(2), other);
			await endOf({ ...job, step });
			expect([step, await stateOf(2)]).toEqual([step, 'DISABLED']);
		}
		const { job } = await ask(installation, { firm: north.id, kind: 'ENABLE', class: 'NOTE', version: 2 });
		expect(await ended(installation, job.id)).toMatchObject({ state: 'DONE' });
		expect(await bodies()).toEqual(['one', 'two']);
	});

	it('is impossible for a key that is not a content key, because the values under it cannot be counted', async () => {
		const { job } = await ask(installation, { firm: north.id, kind: 'ROTATE', class: 'RIGHTS', version: 2 });
		expect(await ended(installation, job.id)).toMatchObject({ state: 'DONE' });
		await installation.admin`update data_keys set state = 'DISABLED' where firm_id = ${north.id} and class = 'RIGHTS' and version = 1`;
		const asked = { firmId: north.id, kind: 'DESTROY' as const, class: 'RIGHTS', version: 1, askedBy: one };
		const end = await endOf(await agreed(installation, await proven(installation, asked), other));
		expect([end, await stateOf(1, 'RIGHTS')]).toMatchObject([{ state: 'FAILED', trouble: 'IN_USE' }, 'DISABLED']);
		await installation.admin`update data_keys set state = 'RETIRED' where firm_id = ${north.id} and class = 'RIGHTS' and version = 1`;
	});
});

describe('a proven job that SQL has moved', () => {
	it('leaves no value under a closed version if it begins in the middle', async () => {
		// Values are under version 2; the ACTIVE version is 3.
		const before = await bodies();
		let version = 3;
		for (const step of [2, 4, 5, 6]) {
			const job = await proven(installation, { firmId: north.id, kind: 'REENCRYPT', class: 'NOTE', version });
			await installation.admin`delete from key_floors where firm_id = ${north.id} and class = 'NOTE'`;
			const end = await endOf({ ...job, step });
			const { [version]: fresh = 0, ...older } = await versionsOf(installation, north.id);
			const left = Object.keys(older).map(Number);
			for (const of of left) expect([step, of, await stateOf(of)]).toEqual([step, of, 'RETIRED']);
			const [floor] =
				await installation.admin`select version::int from key_floors where firm_id = ${north.id} and class = 'NOTE'`;
			// If values are left, the job skipped to its end and did nothing.
			if (left.length === 0) expect([step, fresh, floor?.version, end.state]).toEqual([step, 4, version, 'DONE']);
			version += 1;
			await done('ROTATE', version);
			expect(await bodies()).toEqual(before);
		}
	}, 60_000);

	it('is not delayed by forged pages', async () => {
		const [active] = (await keysOf(installation, north.id)).filter(
			(key) => key.class === 'NOTE' && key.state === 'ACTIVE',
		);
		const version = active?.version ?? 0;
		for (const step of [3, 5, 99]) {
			const job = await proven(installation, { firmId: north.id, kind: 'REENCRYPT', class: 'NOTE', version });
			await installation.admin.begin(async (tx) => {
				await tx`insert into jobs (id, firm_id, kind, class, version, state, asked_on, asked_at, mac, started_at) values (${job.id}, ${north.id},
					'REENCRYPT', 'NOTE', ${version}, 'RUNNING', 'cli', ${job.askedAt}, ${job.mac}, now())`;
				await tx`insert into job_pages (job_id, step, claim, claimed_at, number) values (${job.id}, ${step}, ${uuidv7()}, '2000-01-01', 7)`;
			});
			const end = await ended(installation, job.id);
			expect([step, end.state, end.trouble]).toEqual(
				step === 99 ? [99, 'FAILED', 'WRONG_STATE'] : [step, 'DONE', null],
			);
		}
		expect(await versionsOf(installation, north.id)).toEqual({ [version]: 4 });
		expect(await bodies()).toEqual(['one', 'two']);
	});

	it('does not restart, and is refused because of the log if it was moved past the trigger', async () => {
		const [last] =
			await installation.admin`select id from jobs where kind = 'ROTATE' and state = 'DONE' order by id desc limit 1`;
		const before = await keys();
		for (const state of ['WAITING', 'QUEUED', 'RUNNING']) {
			const move = `update jobs set state = '${state}', ended_at = null where id = '${last?.id}'`;
			await expect(installation.admin.unsafe(move)).rejects.toMatchObject({ code: NO_SUCH_MOVE });
		}
		await pastGuard(
			installation,
			`update jobs set state = 'QUEUED', step = 0, ended_at = null where id = '${last?.id}'`,
		);
		expect(await ended(installation, last?.id)).toMatchObject({ state: 'FAILED', trouble: 'FORBIDDEN' });
		expect(await keys()).toBe(before);
	});

	it('seals nothing under an older key if its newest key was reset, and ends', async () => {
		const [active] = (await keysOf(installation, north.id)).filter(
			(key) => key.class === 'NOTE' && key.state === 'ACTIVE',
		);
		const version = active?.version ?? 0;
		await done('ROTATE', version + 1);
		const set = (to: number) =>
			installation.admin.begin(async (tx) => {
				await tx`update data_keys set state = 'RETIRED' where firm_id = ${north.id} and class = 'NOTE' and state = 'ACTIVE'`;
				await tx`update data_keys set state = 'ACTIVE' where firm_id = ${north.id} and class = 'NOTE' and version = ${to}`;
			});
		await set(version);
		const { job } = await ask(installation, { firm: north.id, kind: 'REENCRYPT', class: 'NOTE', version: version + 1 });
		expect(await ended(installation, job.id)).toMatchObject({ state: 'FAILED', trouble: 'NO_VERSION' });
		expect(await versionsOf(installation, north.id)).toEqual({ [version]: 4 });
		await set(version + 1);
		expect(await bodies()).toEqual(['one', 'two']);
		await done('REENCRYPT', version + 1);
		expect([await versionsOf(installation, north.id), await bodies()]).toEqual([{ [version + 1]: 4 }, ['one', 'two']]);
	});

	it('wraps no key other than the stored one', async () => {
		const wrappedOf = async (of: string) =>
			(
				await installation.admin`select wrapped from data_keys where firm_id = ${harbour.id} and class = ${of} and version = 1`
			)[0]?.wrapped as Buffer;
		const setWrapped = (of: string, wrapped: Buffer) =>
			installation.admin`update data_keys set wrapped = ${wrapped} where firm_id = ${harbour.id} and class = ${of} and version = 1`;
		const [note, rights] = [await wrappedOf('NOTE'), await wrappedOf('RIGHTS')];
		await setWrapped('NOTE', rights);
		const { job } = await ask(installation, { firm: harbour.id, kind: 'REWRAP', class: null, version: null });
		const end = await ended(installation, job.id);
		expect([end.state, end.trouble]).toEqual(['FAILED', 'KEY_UNAVAILABLE']);
		expect([await wrappedOf('NOTE'), await wrappedOf('RIGHTS')]).toEqual([rights, rights]);
		await setWrapped('NOTE', note);
	});
});
