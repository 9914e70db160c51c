import { createHash } from 'node:crypto';
import type { Sql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setFirmSuspended } from '../../src/firms/index.ts';
import { withAdminContext } from '../../src/wiring/installation.ts';
import { storedRows } from '../attacks/bad-input/stored-rows.ts';
import { codeOf } from '../database/two-firms.ts';
import { wishOf } from './by-api.ts';
import { codes, type HttpStage, idOf, makeHttpStage } from './http-stage.ts';

let stage: HttpStage;
beforeAll(async () => {
	stage = await makeHttpStage();
});
afterEach(() => stage?.endAll());
afterAll(() => stage?.scene.installation.close());

const ask = (special: object = {}, firm = stage.firm.id) => stage.leases.request(stage.people.operator, firm, special);

/** Checks that the request is refused with this code and changes nothing. */
async function expectRefused(special: object, code = 'BAD_USER_INPUT', firm = stage.firm.id): Promise<string> {
	const before = await storedRows(stage.scene.admin);
	const answer = await ask(special, firm);
	expect(codes(answer)).toEqual([code]);
	expect(await storedRows(stage.scene.admin)).toEqual(before);
	return answer.errors[0]?.message ?? '';
}

describe('a request', () => {
	it('is hashed as canonical JSON, and its justification by salted hashes', async () => {
		const records = [await stage.scene.write({ title: 'a' }), await stage.scene.write({ title: 'b' })].toReversed();
		const special = {
			classes: ['NOTE', 'BILLING'],
			coordinates: ['Note.title', 'Invoice.memo'],
			recordIds: records,
			readBudget: 7,
			minutes: 20,
			reason: `  ${wishOf('').reason}\n`,
		};
		const lease = await stage.requested(special);
		const context = (...parts: string[]) =>
			Buffer.concat(
				parts.flatMap((part) => {
					const length = Buffer.alloc(4);
					length.writeUInt32BE(Buffer.byteLength(part));
					return [length, Buffer.from(part)];
				}),
			);
		const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest('hex');
		const words = (text: string) => sha256(context('firmseal/lease-text/v1', lease.id, text));
		const { reason, ticket } = wishOf('');
		// Written by hand, in the order of RFC 8785.
		const canonical = `{"classes":["BILLING","NOTE"],"coordinates":["Invoice.memo","Note.title"],"firm":"${stage.firm.id}","lease":"${lease.id}","minutes":20,"purpose":"CUSTOMER_SUPPORT","readBudget":7,"reason":"${words(reason)}","recordIds":${JSON.stringify(records.toSorted())},"requestedBy":"${idOf(stage.people.operator)}","ticket":"${words(ticket)}","v":1}`;
		expect(lease.requestHash).toBe(sha256(canonical));
		expect(lease.reason).toBe(reason);
	});

	it('without optional values lasts 30 minutes, and covers all content of its classes', async () => {
		const lease = await stage.requested();
		expect(lease).toMatchObject({ minutes: 30, coordinates: null, recordIds: null, readBudget: null });
		const nulls = { minutes: null, coordinates: null, recordIds: null, readBudget: null };
		expect(await stage.requested(nulls)).toMatchObject({ ...nulls, minutes: 30 });
	});

	it('writes neither reason nor ticket to the log', async () => {
		const reason = `marker-${uuidv7()}-${uuidv7()}`;
		await stage.requested({ reason, ticket: 'MARKER-4711' });
		const leaves = (await stage.scene.admin`select leaf from audit_entries`).map(({ leaf }) => leaf).join();
		expect(leaves).not.toMatch(/marker-|MARKER-4711/);
		expect(stage.scene.api.lines.join()).not.toMatch(/marker-|MARKER-4711/);
	});
});

describe('bad input', () => {
	it.each([
		['a reason of 29 characters', { reason: `  ${'x'.repeat(29)}  ` }, /at least 30/],
		['a reason of 2,001', { reason: 'é'.repeat(2001) }, /at most 2000/],
		['a reason of 41 lines', { reason: 'One more line\n'.repeat(41) }, /at most 40 lines/],
		[
			'a reason with two empty lines in a row',
			{ reason: `${wishOf('').reason}\n \u3000\n\nAnd more.` },
			/at most 40 lines/,
		],
		[
			'a reason whose end is out of sight',
			{ reason: `${wishOf('').reason}${'\u3000'.repeat(900)}And more.` },
			/not more than eight spaces/,
		],
		['no ticket', { ticket: '' }, /a project in capitals, a hyphen and a number/],
		['a ticket in lower case', { ticket: 'sup-1042' }, /a project in capitals, a hyphen and a number/],
		['zero minutes', { minutes: 0 }, /1 or more/],
		['negative minutes', { minutes: -5 }, /1 or more/],
		['241 minutes', { minutes: 241 }, /240 or less/],
		['minutes that are not a number', { minutes: 'NaN' }, /Int/],
		['fractional minutes', { minutes: 1.5 }, /Int/],
		['a budget of 0', { readBudget: 0 }, /1 or more/],
		['a budget of 1,000,001', { readBudget: 1_000_001 }, /1000000 or less/],
		['no class', { classes: [] }, /classes is empty/],
		['a duplicate class', { classes: ['NOTE', 'NOTE'] }, /twice/],
		['an unknown class', { classes: ['SECRETS'] }, /ContentClass/],
		['no coordinate', { coordinates: [] }, /coordinates is empty/],
		['a duplicate coordinate', { coordinates: ['Note.title', 'Note.title'] }, /twice/],
		['a coordinate of another class', { coordinates: ['Message.body'] }, /coordinates must be encrypted fields/],
		['a coordinate of metadata', { coordinates: ['Note.createdAt'] }, /coordinates must be encrypted fields/],
		['an unknown coordinate', { coordinates: ['Note.everything'] }, /coordinates must be encrypted fields/],
		['no record', { recordIds: [] }, /recordIds is empty/],
		['an unknown purpose', { purpose: 'CURIOSITY' }, /LeasePurpose/],
	])('%s is refused, with a message that says what to do', async (_, special, message) => {
		expect(await expectRefused(special)).toMatch(message);
	});

	it('records outside this firm or the classes are refused, without revealing which', async () => {
		const own = await stage.scene.write({ title: 'own' });
		const theirs = await stage.scene.write({ title: 'theirs' }, stage.scene.harbour);
		const { data } = await stage.scene.api.ask(
			stage.firm.member,
			'mutation { createClient(input: { name: "C" }) { client { id } } }',
		);
		const gone = await stage.scene.write({ title: 'gone' });
		await stage.scene.api.ask(
			stage.firm.member,
			`mutation { deleteNote(input: { id: "${gone}", expectedRevision: 1 }) { id } }`,
		);
		const messages = new Set<string>();
		for (const bad of [theirs, uuidv7(), data.createClient.client.id, stage.firm.id, gone])
			messages.add(await expectRefused({ recordIds: [own, bad] }));
		await expectRefused({ recordIds: [own], classes: ['DOCUMENT'] });
		expect(messages.size).toBe(1);
		expect([...messages][0]).not.toContain(theirs);
		await expectRefused({ recordIds: [own, own] });
		expect((await stage.requested({ recordIds: [own] })).recordIds).toEqual([own]);
	});

	it('a firm that does not exist, or is suspended, gets no request', async () => {
		await expectRefused({}, 'NOT_FOUND', uuidv7());
		const suspend = (suspended: boolean) =>
			withAdminContext(stage.scene.installation.config, stage.scene.installation.database, (admin) =>
				setFirmSuspended(admin, stage.scene.harbour.id, suspended),
			);
		await suspend(true);
		expect(await expectRefused({}, 'CONFLICT', stage.scene.harbour.id)).toContain('suspended');
		await suspend(false);
	});
});

describe('a request that fails', () => {
	it('leaves nothing behind if the log is not writable', async () => {
		const revoked = stage.scene
			.admin`revoke insert (id, firm_id, boot, sequence, leaf) on audit_entries from firmseal_firm, firmseal_operator`;
		await revoked;
		const before = await storedRows(stage.scene.admin);
		const answer = await ask();
		await stage.scene
			.admin`grant insert (id, firm_id, boot, sequence, leaf) on audit_entries to firmseal_firm, firmseal_operator`;
		expect(codes(answer)).toEqual(['AUDIT_UNAVAILABLE']);
		expect(await storedRows(stage.scene.admin)).toEqual(before);
	});
});

describe('a person', () => {
	it('has at most ten open leases, across all accounts, however fast they are requested', async () => {
		const alias = await stage.scene.installation.addOperator('OPERATOR');
		await stage.makeOnePerson(alias, stage.people.operator);
		const tokens = Array.from({ length: 24 }, (_, index) => (index % 2 ? alias : stage.people.operator));
		const answers = await Promise.all(tokens.map((token) => stage.leases.request(token, stage.firm.id)));
		expect(answers.flatMap(codes)).toEqual(Array.from({ length: 14 }, () => 'CONFLICT'));
		const other = await stage.scene.installation.addOperator('OPERATOR');
		const theirs = await stage.leases.requested(other, stage.firm.id);
		// An ended lease allows another one.
		const open = answers.flatMap(({ data }) => (data?.requestBreakGlass ? [data.requestBreakGlass.lease] : []));
		await stage.leases.step(stage.people.owner, 'deny', open[0].id);
		expect(codes(await ask())).toEqual([]);
		expect(codes(await ask())).toEqual(['CONFLICT']);
		expect(await stage.stateOf(theirs.id)).toBe('REQUESTED');
	});

	describe('who requests again and again', () => {
		const bounds = (perHour: number, perDay: number, noticesBeforeFolding: number) =>
			stage.scene
				.admin`update request_limits set per_hour = ${perHour}, per_day = ${perDay}, notices_before_folding = ${noticesBeforeFolding}`;
		const notices = async (since: Date) =>
			stage.scene.admin`select kind, repeats, lease_id as lease from notices
				where firm_id = ${stage.firm.id} and created_at >= ${since} order by created_at, id`;
		const now = async () => (await stage.scene.admin`select clock_timestamp() as now`)[0]?.now as Date;
		const LIMITED =
			'You have requested too many leases on this firm within an hour or a day: use a lease that you have, or try again later.';
		let most = [0, 0, 0];
		beforeAll(async () => {
			const [row] = await stage.scene.admin`select per_hour, per_day, notices_before_folding from request_limits`;
			most = [row?.per_hour, row?.per_day, row?.notices_before_folding];
		});
		beforeEach(async () => {
			// The default limits. The databases of other tests allow more.
			await stage.scene
				.admin`update request_limits set per_hour = default, per_day = default, notices_before_folding = default`;
		});
		afterEach(() => bounds(most[0] ?? 1, most[1] ?? 1, most[2] ?? 1));

		it('can send one firm ten requests within an hour, across all accounts, and its owners get six notices that count the rest', async () => {
			const asks = await stage.scene.installation.addOperator('OPERATOR');
			const alias = await stage.scene.installation.addOperator('OPERATOR');
			await stage.makeOnePerson(alias, asks);
			const since = await now();
			const told: string[] = [];
			for (let n = 0; n < 40; n++) {
				const token = n % 2 ? alias : asks;
				const answer = await stage.leases.request(token, stage.firm.id);
				told.push(...codes(answer));
				if (answer.data?.requestBreakGlass)
					await stage.leases.step(token, 'cancel', answer.data.requestBreakGlass.lease.id);
				else expect(answer.errors.map(({ message }) => message)).toEqual([LIMITED]);
			}
			expect(told).toEqual(Array.from({ length: 30 }, () => 'RATE_LIMITED'));
			const rows = await notices(since);
			expect(rows.map(({ kind, repeats }) => [kind, repeats])).toEqual([
				['LEASE_REQUESTED', 0],
				['LEASE_ENDED', 0],
				['LEASE_REQUESTED', 0],
				['LEASE_ENDED', 0],
				['LEASE_REQUESTED', 7],
				['LEASE_ENDED', 7],
			]);
			const shown = await stage.scene.api.ask(
				stage.people.owner,
				'{ notices(first: 2) { nodes { kind repeats lastAt createdAt } } }',
			);
			for (const { repeats, lastAt, createdAt } of shown.data.notices.nodes) {
				expect(repeats).toBe(7);
				expect(lastAt > createdAt).toBe(true);
			}
			// Other firms and other persons are not affected.
			const other = await stage.scene.installation.addOperator('OPERATOR');
			const others = await Promise.all([
				stage.leases.request(asks, stage.scene.harbour.id),
				stage.leases.request(other, stage.firm.id),
			]);
			expect(others.flatMap(codes)).toEqual([]);
			expect((await notices(since)).at(-1)).toMatchObject({ kind: 'LEASE_REQUESTED', repeats: 0 });
		});

		it('gets no more by concurrent requests, nor after an hour more than the daily limit', async () => {
			const asks = await stage.scene.installation.addOperator('OPERATOR');
			await bounds(4, 6, 3);
			const crowd = () => Promise.all(Array.from({ length: 9 }, () => stage.leases.request(asks, stage.firm.id)));
			const passed = async () => (await crowd()).filter((answer) => codes(answer).length === 0).length;
			expect(await passed()).toBe(4);
			await stage.unguarded(
				'leases',
				(sql) =>
					sql`update leases set requested_at = requested_at - interval '61 minutes' where requested_by = ${idOf(asks)}`,
			);
			expect([await passed(), await passed()]).toEqual([2, 0]);
			await stage.unguarded(
				'leases',
				(sql) =>
					sql`update leases set requested_at = requested_at - interval '24 hours' where requested_by = ${idOf(asks)}`,
			);
			expect(await passed()).toBe(4);
		});

		describe('if the operators’ login writes the rows', () => {
			const COLUMNS = 'firm_id, purpose, classes, minutes, reason_hash, ticket_hash, request_hash, request_mac';
			let template: string;
			let login: Sql;
			beforeAll(async () => {
				template = (await stage.requested()).id;
				login = stage.scene.installation.signIn('operator');
			});
			/** Makes so many requests in a person's name, in one transaction of the operator's role, each ended as `ends` says. */
			const insert = (names: readonly string[], { isolation = 'read committed', ends = '' } = {}) =>
				codeOf(
					login.begin(`isolation level ${isolation}`, async (tx) => {
						await tx`set local role firmseal_operator`;
						for (const name of names) {
							const id = uuidv7();
							await tx.unsafe(`insert into leases (id, requested_by, ${COLUMNS})
								select '${id}', '${name}', ${COLUMNS} from leases where id = '${template}'`);
							if (ends) await tx`update leases set state = ${ends} where id = ${id}`;
						}
					}),
				);

			it('can request only in the name of an operator who may request', async () => {
				const { installation, admin } = stage.scene;
				const may = await installation.addOperator('OPERATOR');
				const [gone, out] = [await installation.addOperator('OPERATOR'), await installation.addOperator('OPERATOR')];
				await admin`update operators set disabled_at = now() where user_id = ${idOf(gone)}`;
				await admin`update users set disabled_at = now() where id = ${idOf(out)}`;
				const auditor = await installation.addOperator('AUDITOR');
				const names = { may, gone, out, auditor, approver: stage.people.approver, owner: stage.people.owner };
				const told: Record<string, string> = {};
				for (const [name, token] of Object.entries(names)) told[name] = await insert([idOf(token)]);
				told.unknown = await insert([uuidv7()]);
				const refused = {
					gone: '23000',
					out: '23000',
					auditor: '23000',
					approver: '23000',
					owner: '23000',
					unknown: '23000',
				};
				expect(told).toEqual({ may: 'done', ...refused });
			});

			it('can write ten requests within an hour, and 40 within a day', async () => {
				const asks = idOf(await stage.scene.installation.addOperator('OPERATOR'));
				const told: string[] = [];
				for (let hour = 0; hour < 5; hour++) {
					for (const times of [10, 1]) told.push(await insert(Array.from({ length: times }, () => asks)));
					await stage.unguarded(
						'leases',
						(sql) =>
							sql`update leases set requested_at = requested_at - interval '61 minutes' where requested_by = ${asks}`,
					);
				}
				const perHour = ['done', 'FS003'];
				expect(told).toEqual([...perHour, ...perHour, ...perHour, ...perHour, 'FS003', 'FS003']);
			});

			it('gets no more with transactions that do not see each other', async () => {
				const asks = idOf(await stage.scene.installation.addOperator('OPERATOR'));
				await bounds(2, 6, 3);
				expect(await insert([asks], { isolation: 'repeatable read' })).toBe('25000');
				expect(await insert([asks], { isolation: 'serializable' })).toBe('25000');
				expect(await insert([asks, asks])).toBe('done');
				expect(await insert([asks])).toBe('FS003');
			});

			// The operator may lose the ability to request. A person with this login can cancel and deny every request anyway.
			it('uses up only one person’s limit for one firm, and owners get six notices', async () => {
				const [robbed, other] = [
					await stage.scene.installation.addOperator('OPERATOR'),
					await stage.scene.installation.addOperator('OPERATOR'),
				];
				const since = await now();
				for (let n = 0; n < 14; n++) await insert([idOf(robbed)], { ends: 'CANCELLED' });
				// The order of two requests in the same millisecond is undefined.
				expect((await notices(since)).map(({ kind, repeats }) => `${kind} ${repeats}`).sort()).toEqual([
					'LEASE_ENDED 0',
					'LEASE_ENDED 0',
					'LEASE_ENDED 7',
					'LEASE_REQUESTED 0',
					'LEASE_REQUESTED 0',
					'LEASE_REQUESTED 7',
				]);
				const answers = [
					await stage.leases.request(robbed, stage.firm.id),
					await stage.leases.request(robbed, stage.scene.harbour.id),
					await stage.leases.request(other, stage.firm.id),
				];
				expect(answers.map(codes)).toEqual([['RATE_LIMITED'], [], []]);
			});
		});

		it('never hides from the owners what was approved, denied or read', async () => {
			await bounds(100, 100, 1);
			const asks = await stage.scene.installation.addOperator('OPERATOR');
			for (let n = 0; n < 3; n++) {
				const { id } = await stage.leases.requested(asks, stage.firm.id);
				await stage.leases.step(asks, 'cancel', id);
			}
			const since = await now();
			const people = { ...stage.people, operator: asks };
			const approved = await stage.leases.approved(people, stage.firm.id);
			await stage.leases.step(stage.people.owner, 'revoke', approved.id);
			const denied = await stage.leases.requested(asks, stage.firm.id);
			await stage.leases.step(stage.people.owner, 'deny', denied.id);
			expect((await notices(since)).map(({ kind, lease }) => [kind, lease])).toEqual([
				['LEASE_APPROVED', approved.id],
				['LEASE_ENDED', approved.id],
				['LEASE_DENIED', denied.id],
			]);
		});
	});
});
