import { NIL, v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { draftEntry } from '../../../src/audit/index.ts';
import { approverOfToken } from '../../../src/cli/jobs/approver-of-token.ts';
import { readConfig } from '../../../src/config/config.ts';
import { SUPERUSER } from '../../../src/database/index.ts';
import { findErasureTarget, setHold } from '../../../src/jobs/index.ts';
import { openPlaneOf } from '../../../src/wiring/index.ts';
import { withAdminContext } from '../../../src/wiring/installation.ts';
import { makeOtherRoot } from '../../audit-log/anchors/other-root.ts';
import { untilBlocked } from '../../support/blocked.ts';
import type { TestFirm, TestInstallation, TestWorker } from '../../support/installation.ts';
import { leafText } from '../../support/leaf-text.ts';
import { embedded } from '../../support/own-servers.ts';
import { makePopulated } from '../../support/populated.ts';
import { agreeBy, firmseal, unmarked } from '../../system/program.ts';
import { ended, writeNotes } from '../stage.ts';
import { requestAndApprove, twoApprovers } from './scene.ts';

let installation: TestInstallation;
let north: TestFirm;
let people: Awaited<ReturnType<typeof twoApprovers>>;
let notes: string[];
let worker: TestWorker;

beforeAll(async () => {
	({ installation, north } = await makePopulated(embedded));
	notes = await writeNotes(await installation.serve(), north, ['one', 'two', 'three']);
	people = await twoApprovers(installation);
	worker = await installation.startWorker({}, { propagationSeconds: 0 });
});
afterAll(() => installation?.close());

const hold = (record: string) => {
	const config = readConfig({ ...installation.env, FIRMSEAL_TOKEN: `${people.tokens.one}` });
	return withAdminContext(config, installation.database, async (admin) => {
		const operatorPlane = openPlaneOf(installation.database, 'firmseal_operator', 1);
		try {
			const on = await findErasureTarget({ operatorPlane }, { firm: north.id, record });
			return (
				await setHold({ ...admin, operatorPlane }, on, { ticket: 'CASE-7' }, await approverOfToken(config, admin))
			).hold;
		} finally {
			await operatorPlane.close();
		}
	});
};
/** Appends entries as an attacker with the worker's login would. */
const append = (action: 'hold.set' | 'hold.release', firm: string, records: readonly string[]) =>
	withAdminContext(installation.config, installation.database, ({ audit }) =>
		audit.append([
			draftEntry(
				{ actor: { kind: 'operator', user: people.ids.two, roles: ['APPROVER'] }, plane: 'cli' },
				{ action, firm, records },
			),
		]),
	);
const erase = (note: string) => requestAndApprove(installation, people.ids)(north.id, `Note.${note}`);
const isThere = async (note: string) => (await installation.admin`select 1 from notes where id = ${note}`).length === 1;

describe('a legal hold', () => {
	it('stays in force without its row, even if a log entry claims a release, until it is set again and released', async () => {
		const [note = ''] = notes;
		const id = await hold(note);
		await append('hold.release', north.id, [id, note]);
		// A database administrator deletes the row.
		await installation.admin`delete from legal_holds where id = ${id}`;
		expect(await ended(installation, await erase(note))).toMatchObject({ state: 'FAILED', trouble: 'HELD' });
		const listed = await people.as('one', 'hold', 'list', '--firm', 'north');
		expect([listed.code, JSON.stringify(listed.error ?? listed.result)]).toEqual([1, expect.stringContaining(id)]);

		const ticket = ['--ticket', 'CASE-7'];
		const set = (who: 'one' | 'two', ...args: string[]) =>
			people.as(who, 'hold', 'set', '--firm', 'north', ...ticket, ...args);
		expect((await set('one', '--lost', uuidv7())).error).toMatchObject({ code: 'NOT_FOUND' });
		// One person can't reduce the hold.
		expect((await set('one', '--lost', id, '--record', notes[1] ?? '')).error).toMatchObject({
			code: 'BAD_USER_INPUT',
		});
		const again = await set('one', '--lost', id);
		expect(again.code).toBe(0);
		const release = ['hold', 'release', '--hold', id];
		expect((await people.as('one', ...release, '--dry-run')).error).toMatchObject({ code: 'FORBIDDEN' });
		// The release needs the hash of exactly this hold: its subject, its setter and its ticket.
		const { stdout } = await firmseal(
			{ ...installation.env, FIRMSEAL_TOKEN: `${people.tokens.two}` },
			...release,
			'--dry-run',
		);
		expect(unmarked(stdout)).toMatch(
			new RegExp(
				`^hold          ${id}
state         HELD, until another approver releases it
firm          Firm north \\(north\\), ${north.id}
on            the whole firm
ticket        CASE-7
set by        .+ <.+>, account ${people.ids.one}, on \\S+Z
request hash  ${again.result.requestHash}

Would agree to exactly this.
$`,
			),
		);
		const other = await hold(notes[1] ?? '');
		const { result } = await people.as('two', 'hold', 'release', '--hold', other, '--dry-run');
		const refused = [
			await people.as('two', ...release),
			await people.as('two', ...release, '--hash', result.requestHash),
			await people.as('one', ...release, '--hash', again.result.requestHash),
		];
		expect(refused[0]?.error.message).toBe(
			'There is no terminal to ask for the hash: give --hash with the hash that --dry-run shows.',
		);
		expect(refused.map(({ code, error }) => [code, error.code])).toEqual([
			[2, 'BAD_USER_INPUT'],
			[1, 'CONFLICT'],
			[1, 'FORBIDDEN'],
		]);
		// A hash of names that are no longer shown is refused too.
		const rename = (name: string) => installation.admin`update users set name = ${name} where id = ${people.ids.one}`;
		const [setter] = await installation.admin`select name from users where id = ${people.ids.one}`;
		await rename('Trusted colleague');
		expect((await people.as('two', ...release, '--hash', again.result.requestHash)).error).toMatchObject({
			code: 'CONFLICT',
		});
		await rename(setter?.name);
		expect((await people.as('two', ...release, '--hash', again.result.requestHash)).code).toBe(0);
		expect((await agreeBy((...of) => people.as('two', ...of), 'hold', 'release', '--hold', other)).code).toBe(0);
		expect(await ended(installation, await erase(note))).toMatchObject({ state: 'DONE' });
	});

	describe('on a firm with a part erased earlier', () => {
		let firm: TestFirm;
		let gone: string;
		let kept: string;
		let row: Record<string, unknown>;
		let erasure: Record<string, unknown>;
		let onFirm: string;
		const eraseOf = (note: string) => requestAndApprove(installation, people.ids)(firm.id, `Note.${note}`);
		/** Restores the note as a backup would. The database knows of its erasure only by the erasure record. */
		const bringBack = async () => {
			const { erased_at: _, certificate: __, ...begun } = erasure;
			await installation.admin`delete from erasures where id = ${erasure.id as string}`;
			await installation.admin`delete from jobs where firm_id = ${firm.id}`;
			await installation.admin`insert into notes ${installation.admin(row as never)}`;
			await installation.admin`insert into erasures ${installation.admin(begun as never)}`;
		};

		const isErased = async () =>
			(await installation.admin`select 1 from erasures where firm_id = ${firm.id} and erased_at is null`).length ===
				0 &&
			(await installation.admin`select 1 from jobs where firm_id = ${firm.id} and ended_at is null`).length === 0;

		beforeAll(async () => {
			firm = await installation.addFirm('parted');
			[gone = '', kept = ''] = await writeNotes(await installation.serve(), firm, ['gone', 'kept']);
			[row = {}] = await installation.admin`select * from notes where id = ${gone}`;
			expect(await ended(installation, await eraseOf(gone))).toMatchObject({ state: 'DONE' });
			[erasure = {}] = await installation.admin`select * from erasures where subject = ${`Note.${gone}`}`;
		});

		it('covers everything that exists', async () => {
			const set = await people.as('one', 'hold', 'set', '--firm', 'parted', '--ticket', 'CASE-9');
			expect([set.code, set.error]).toEqual([0, undefined]);
			onFirm = set.result.hold;
			expect(await ended(installation, await eraseOf(kept))).toMatchObject({ state: 'FAILED', trouble: 'HELD' });
			expect((await people.as('one', 'hold', 'set', '--firm', 'parted', '--ticket', 'CASE-9')).code).toBe(0);
		});

		it('does not cover that part if a restore brings it back, because no hold covered it when its erasure began', async () => {
			await bringBack();
			await installation.workUntil(isErased);
			expect([await isThere(gone), await isThere(kept)]).toEqual([false, true]);
		});

		it('can be set again if its row is lost, even while that part is erased once more', async () => {
			await worker.stop();
			await installation.admin`delete from legal_holds where firm_id = ${firm.id}`;
			await bringBack();
			const { error } = await people.as('one', 'hold', 'set', '--firm', 'parted', '--ticket', 'CASE-9');
			expect([error.code, error.message]).toEqual([
				'CONFLICT',
				expect.stringContaining('a part of it, is being erased or was erased: `firmseal erase list` shows what.'),
			]);
			const set = await people.as('one', 'hold', 'set', '--firm', 'parted', '--lost', onFirm, '--ticket', 'CASE-9');
			expect([set.code, set.error]).toEqual([0, undefined]);
			worker = await installation.startWorker({}, { propagationSeconds: 0 });
			await installation.workUntil(isErased);
			expect(await isThere(gone)).toBe(false);
			expect(await ended(installation, await eraseOf(kept))).toMatchObject({ state: 'FAILED', trouble: 'HELD' });
		});
	});

	it('is listed with every fault: a changed hold, and a missing one', async () => {
		const south = await installation.addFirm('south');
		const gone = uuidv7();
		await append('hold.set', south.id, [gone]);
		await installation.admin`
			insert into legal_holds (id, firm_id, ticket, set_by, set_at, mac)
			values (${uuidv7()}, ${south.id}, 'CASE-8', ${people.ids.one}, now(), ${Buffer.alloc(36)})`;
		const { error } = await people.as('one', 'hold', 'list', '--firm', 'south');
		expect(error.message).toContain('1 hold was changed');
		expect(error.message).toContain(gone);
	});

	it('is not created by another login’s log entry or by an invalid id, and any UUID can be set again', async () => {
		const { id } = await installation.addFirm('east');
		const says = (login: 'firm' | 'worker', plane: string, hold: string) => {
			const leaf = { action: 'hold.set', boot: uuidv7(), firm: id, id: uuidv7(), plane, records: [hold], sequence: 1 };
			return installation.signIn(login).begin(async (tx) => {
				await tx`select set_config('role', ${`firmseal_${login}`}, true), set_config('firmseal.firm', ${id}, true)`;
				await tx`insert into audit_entries (id, firm_id, boot, sequence, leaf)
					values (${leaf.id}, ${id}, ${leaf.boot}, 1, ${leafText(leaf)})`;
			});
		};
		const listed = async () => (await people.as('one', 'hold', 'list', '--firm', 'east')).error?.message;
		const nil = 'A'.repeat(22);
		await expect(says('firm', 'firm', nil)).rejects.toMatchObject({ code: '42501' });
		// The second is not the canonical form of the id that it would be read as.
		for (const none of ['not-an-id', `${'A'.repeat(21)}B`]) await says('worker', 'cli', none);
		expect(await listed()).toBeUndefined();
		await says('worker', 'cli', nil);
		expect(await listed()).toContain(NIL);
		const set = await people.as('one', 'hold', 'set', '--firm', 'east', '--lost', NIL, '--ticket', 'CASE-9');
		expect([set.code, set.error]).toEqual([0, undefined]);
		expect((await agreeBy((...of) => people.as('two', ...of), 'hold', 'release', '--hold', NIL)).code).toBe(0);
		expect(await listed()).toBeUndefined();
	});

	it('is refused while an erasure begins that would not see it, so that it never claims to hold erased data', async () => {
		const note = notes[1] ?? '';
		const lock = await installation.admin.reserve();
		await lock`begin`;
		await lock`lock table invoice_line_items in access exclusive mode`;
		const job = await erase(note);
		const turning = worker.advance();
		await untilBlocked(installation.admin, SUPERUSER);
		const outcome = await hold(note).then(
			() => 'Held',
			(error) => error.code,
		);
		await lock`commit`;
		lock.release();
		await turning;
		await ended(installation, job);
		expect([outcome, await isThere(note)]).toEqual(['CONFLICT', false]);
	});

	it('is not evaluated in a database that disagrees with its anchors, and nothing is erased there', async () => {
		const note = notes[2] ?? '';
		await worker.publishLog();
		await installation.workUntil(async () => (await installation.admin`select 1 from audit_anchors`).length > 0);
		await worker.stop();
		const restoreRoot = await makeOtherRoot(installation.admin);
		worker = await installation.startWorker({}, { propagationSeconds: 0 });
		const job = await erase(note);
		await installation.workUntil(async () => {
			const [row] = await installation.admin`select trouble, ended_at from jobs where id = ${job}`;
			return row?.trouble === 'CONFLICT' || row?.ended_at != null;
		});
		expect(await isThere(note)).toBe(true);
		await restoreRoot();
		expect(await ended(installation, job)).toMatchObject({ state: 'DONE' });
	});
});
