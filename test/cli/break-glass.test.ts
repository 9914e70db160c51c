import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hashLeaseRequest, hashLeaseText, hexOf } from '../../src/leases/request-hash.ts';
import { type HttpStage, makeHttpStage } from '../leases/http-stage.ts';
import type { Person } from '../support/person.ts';
import { firmseal, firmsealJson, runInteractively, unmarked } from '../system/program.ts';
import { lyingBefore } from './lying-server.ts';

let stage: HttpStage;
beforeAll(async () => {
	stage = await makeHttpStage();
});
afterAll(() => stage?.scene.installation.close());

const NO_MORE = { pageInfo: { hasNextPage: false, endCursor: null } };
const lying = (change: Parameters<typeof lyingBefore>[1]) => lyingBefore(stage.scene.api.url, change);

/** Only the API's address and a person's token: the command needs no database login and no key. */
const as = (token: Person, url = stage.scene.api.url) => ({ FIRMSEAL_URL: url, FIRMSEAL_TOKEN: `${token}` });

describe('break-glass with commands only', () => {
	let operators: string;
	let note: string;
	beforeAll(async () => {
		const { installation } = stage.scene;
		await installation.startBroker();
		operators = (await installation.serve({ FIRMSEAL_PLANE: 'operator' }, { onlyRegistered: true })).url;
		note = await stage.scene.write({ title: 'Call \u202e\u001b[31m', body: 'She accepts.' });
	});
	const REASON = 'The firm cannot open\nthis note since Monday.';
	const ASK = ['--purpose', 'INCIDENT', '--ticket', 'SUP-4711', '--class', 'NOTE', '--reason', REASON];
	const request = async (...more: string[]) =>
		(await firmsealJson(as(stage.people.operator, operators), 'lease', 'request', '--firm', 'north', ...ASK, ...more))
			.result.lease;

	it('is requested, approved on both sides, activated, used, reported and released', async () => {
		const { operator, owner, approver } = stage.people;
		const env = as(operator, operators);
		const scope = ['--coordinate', 'Note.title', '--record', note, '--budget', '3', '--minutes', '15'];
		const dry = await firmsealJson(env, 'lease', 'request', '--firm', 'north', ...ASK, ...scope, '--dry-run');
		expect(dry.result).toMatchObject({
			dryRun: true,
			input: { firmId: stage.firm.id, recordIds: [note], minutes: 15 },
		});
		// The command itself refuses what the API would refuse, with a sentence and without a request.
		for (const [option, value, sentence] of [
			['--reason', 'Too short.', 'The reason must have at least 30 characters, at least 15 of them letters or digits'],
			['--reason', `${REASON}\u202e`, 'leave out control characters, direction marks and zero-width characters.'],
			[
				'--reason',
				`Look at one note.${'\n'.repeat(1900)}Or at all of them.`,
				'at most 40 lines, not more than one empty line and not more than eight spaces in a row',
			],
			['--ticket', 'sup 4711', 'The ticket must be a project in capitals, a hyphen and a number, such as SUP-1042.'],
			['--coordinate', 'Note.title', 'The list coordinates contains an item twice: name each item once.'],
		] as const) {
			const words = ['lease', 'request', '--firm', 'north', ...ASK, ...scope, option, value];
			if (option === '--coordinate') words.push(value);
			const answers = [await firmsealJson(env, ...words, '--dry-run'), await firmsealJson(env, ...words)];
			for (const { code, error } of answers)
				expect([code, error.code, error.message]).toEqual([1, 'BAD_USER_INPUT', expect.stringContaining(sentence)]);
		}
		const input = { ...dry.result.input, ticket: 'sup 4711' };
		const query = 'mutation ($input: RequestBreakGlassInput!) { requestBreakGlass(input: $input) { lease { id } } }';
		const { errors } = await stage.scene.api.ask(operator, query, { input });
		expect(errors[0]?.message).toBe(
			'The argument input.ticket must be a project in capitals, a hyphen and a number, such as SUP-1042.',
		);
		const { id, ...asked } = await request(...scope);
		expect(asked).toMatchObject({ reason: REASON, coordinates: ['Note.title'], readBudget: 3, minutes: 15 });
		const early = await firmsealJson(env, 'lease', 'use', '--lease', id, '--id', note);
		expect([early.code, early.error.code]).toEqual([1, 'LEASE_NOT_ACTIVE']);

		// The owner types the hash at a terminal. The approver's tool passes the hash of the request that it has checked.
		const short = asked.requestHash.slice(0, 8);
		const seen = await runInteractively(as(owner), `${short}\n`, 'lease', 'approve', '--lease', id);
		expect([seen.code, seen.stdout]).toEqual([
			0,
			`Agreed to the lease ${id} of north. Others must still agree to it.\n`,
		]);
		for (const part of [
			id,
			stage.firm.id,
			'INCIDENT',
			'SUP-4711',
			'NOTE',
			'Note.title',
			note,
			'3 values',
			'15 minutes',
		])
			expect(seen.stderr).toContain(part.replace('15 minutes', '15 after its activation'));
		expect(seen.stderr).toContain(`reason        │ The firm cannot open\n${' '.repeat(14)}│ this note since Monday.\n`);
		expect(seen.stderr).toContain(`request hash  │ ${asked.requestHash}\n`);
		// The hash does not cover names, and the output says so.
		expect(unmarked(seen.stderr)).toContain(
			'\nnot hashed    state, times, names, addresses, who has agreed, what was read. For these you rely on the server.\n',
		);
		const byHash = ['lease', 'approve', '--lease', id, '--hash', asked.requestHash.toUpperCase()];
		expect((await firmsealJson(as(approver, operators), ...byHash)).result.lease.state).toBe('APPROVED');

		const active = await firmsealJson(env, 'lease', 'activate', '--lease', id);
		expect(active.result.lease).toMatchObject({ id, state: 'ACTIVE' });
		const read = await firmseal(env, 'lease', 'use', '--lease', id, '--id', note);
		expect(read.code).toBe(0);
		expect(read.stdout).not.toMatch(/[\p{C}](?!$)/u);
		expect(JSON.parse(read.stdout)).toMatchObject({
			type: 'Note',
			id: note,
			title: 'Call \u202e\u001b[31m',
			body: null,
		});
		expect(read.stderr).toContain('Withheld: Note.body on 1 record, because the field is outside the lease.');
		expect(read.stderr).toMatch(/Values taken under the lease: 1 of 3, 2 remain\. It ends on \S+Z, in 15 minutes\./);
		const listed = await firmsealJson(env, 'lease', 'use', '--lease', id, '--type', 'notes', '--first', '1');
		expect(listed.result).toMatchObject({
			records: [{ type: 'Note', id: note, title: 'Call \u202e\u001b[31m' }],
			lease: { used: 2, remaining: 1 },
			next: null,
		});

		const report = await firmsealJson(as(owner), 'lease', 'show', '--lease', id, '--openings');
		expect(report.result.openings).toMatchObject([{ coordinates: ['Note.title'], recordIds: [note] }, {}]);
		expect((await firmseal(env, 'lease', 'release', '--lease', id)).stdout).toBe(
			`Gave back the lease ${id} of north.\n`,
		);
		const late = await firmsealJson(env, 'lease', 'use', '--lease', id, '--id', note);
		expect([late.code, late.error.code]).toEqual([1, 'LEASE_NOT_ACTIVE']);
	});

	it('is approved only with the hash of what was shown', async () => {
		const { id, requestHash } = await request();
		const other = requestHash.replace(/./g, (digit: string) => (digit === '0' ? '1' : '0'));
		const env = as(stage.people.approver, operators);
		const typed = await Promise.all(
			['\n', '', `${other.slice(0, 8)}\n`, `${requestHash.slice(0, 7)}\n`].map((text) =>
				runInteractively(env, text, 'lease', 'approve', '--lease', id),
			),
		);
		expect(typed.map(({ code, stdout }) => [code, stdout])).toEqual(typed.map(() => [1, '']));
		const given = await Promise.all([
			firmsealJson(env, 'lease', 'approve', '--lease', id, '--hash', `${requestHash.slice(0, 8)}${other.slice(8)}`),
			firmsealJson(env, 'lease', 'approve', '--lease', id),
			firmsealJson(env, 'lease', 'approve', '--lease', id, '--hash', requestHash.slice(0, 63)),
		]);
		expect(given.map(({ code, error }) => [code, error.code])).toEqual([
			[1, 'CONFLICT'],
			[2, 'BAD_USER_INPUT'],
			[2, 'BAD_USER_INPUT'],
		]);
		const dry = await firmsealJson(env, 'lease', 'approve', '--lease', id, '--dry-run');
		expect(dry.result).toMatchObject({ dryRun: true, lease: { id, requestHash, approvals: [] } });
		expect((await stage.leases.see(stage.people.approver, id)).approvals).toEqual([]);
		const denied = await firmseal(env, 'lease', 'deny', '--lease', id);
		expect([denied.code, denied.stdout]).toEqual([0, `Denied the lease ${id} of north.\n`]);
		const { id: mine } = await request();
		expect((await firmseal(as(stage.people.operator, operators), 'lease', 'cancel', '--lease', mine)).code).toBe(0);
	});

	it('detects a server that shows a request that its hash does not cover', async () => {
		const { id } = await request();
		const shown = await stage.leases.see(stage.people.approver, id);
		// The hash covers sets, so a list with repeated items has the same hash.
		for (const lie of [{ minutes: 1 }, { classes: Array(2000).fill(shown.classes).flat() }]) {
			await using liar = await lying((lease) => Object.assign(lease, lie));
			const env = as(stage.people.approver, liar.url);
			const refused = await firmsealJson(env, 'lease', 'approve', '--lease', id, '--hash', shown.requestHash);
			expect([refused.code, refused.error?.code, liar.asked]).toEqual([1, 'CONFLICT', 1]);
			expect(refused.error.message).toContain('Do not agree to it');
		}
		// The command also refuses a request that matches its hash but pushes the other rows off the screen.
		const reason = `Everything is to be read.${'\n'.repeat(41)}`;
		const { requestedById: requestedBy, recordIds: records, firmId: firm } = shown;
		const hash = hexOf(
			hashLeaseRequest({
				...(shown as unknown as Parameters<typeof hashLeaseRequest>[0]),
				lease: id,
				firm,
				requestedBy,
				records,
				reasonHash: hexOf(hashLeaseText(id, reason)),
				ticketHash: hexOf(hashLeaseText(id, shown.ticket)),
			}),
		);
		const approval = { side: 'FIRM', userId: id, user: null, approvedAt: shown.requestedAt };
		for (const flood of [{ reason, requestHash: hash }, { approvals: Array(33).fill(approval) }]) {
			await using flooding = await lying((lease) => Object.assign(lease, flood));
			const env = as(stage.people.approver, flooding.url);
			const by = flood.requestHash ?? shown.requestHash;
			const flooded = await firmsealJson(env, 'lease', 'approve', '--lease', id, '--hash', by);
			expect([flooded.code, flooded.error.code, flooded.error.message]).toEqual([
				1,
				'CONFLICT',
				expect.stringContaining('longer than Firmseal accepts'),
			]);
		}
		await stage.leases.step(stage.people.operator, 'cancel', id);
	});

	const LINES = ['2026-11-29', ...Array(60).fill('.'), 'minutes       1 after its activation'].join('\n');
	const approval = { side: 'FIRM', userId: uuidv7(), user: null, approvedAt: '2026-11-29T08:00:00.000Z' };
	const opened = { at: '2026-11-29T08:00:00.000Z', coordinates: ['Note.title'], recordIds: [uuidv7()] };
	it.each<[string, object, string?]>([
		['the time of the request', { requestedAt: LINES }],
		['the time of an approval', { approvals: [{ ...approval, approvedAt: LINES }] }],
		['the side of an approval', { approvals: [{ ...approval, side: LINES }] }],
		['the account of an approval', { approvals: [{ ...approval, userId: LINES }] }, 'SETUP'],
		['a name', { approvals: [{ ...approval, user: { name: LINES, email: 'x' } }] }],
		['the firm’s name', { firm: { slug: 'north', name: `North${' '.repeat(400)}` } }],
		['the state', { state: LINES }],
		['the count of values taken', { used: LINES }],
		['the time of expiry', { expiresAt: LINES }],
		['the end of the lease', { endedAt: LINES, expiresAt: approval.approvedAt }],
		['the time of an opening', { openings: { ...NO_MORE, nodes: [{ ...opened, at: LINES }] } }],
		['the coordinates of an opening', { openings: { ...NO_MORE, nodes: [{ ...opened, coordinates: [LINES] }] } }],
		['the records of an opening', { openings: { ...NO_MORE, nodes: [{ ...opened, recordIds: [LINES] }] } }, 'SETUP'],
	])('shows nothing of a lease if the server forges lines in %s', async (_, flood, expected = 'CONFLICT') => {
		const lease = await stage.requested({});
		await using flooding = await lying((shown) => Object.assign(shown, flood));
		const env = as(stage.people.owner, flooding.url);
		for (const [command, ...more] of [
			['show', '--openings'],
			['approve', '--dry-run'],
			['review', '--dry-run'],
		]) {
			if (command === 'approve' && 'openings' in flood) continue;
			const { code, stdout, stderr } = await firmseal(env, 'lease', `${command}`, '--lease', lease.id, ...more);
			expect([command, code, stdout]).toEqual([command, 1, '']);
			expect(stderr).toContain(expected === 'SETUP' ? 'not a Firmseal' : 'a form that Firmseal never uses');
		}
		await stage.leases.step(stage.people.operator, 'cancel', lease.id);
	});

	it('reads every kind of content with registered operations', async () => {
		const { member } = stage.firm;
		const make = async (mutation: string) => {
			const { data, text } = await stage.scene.api.ask(member, `mutation { made: ${mutation} }`);
			if (!data?.made) throw new Error(text);
			return Object.values(data.made as Record<string, { id: string }>)[0]?.id ?? '';
		};
		const thread = await make('createThread(input: {}) { thread { id } }');
		const message = await make(
			`createMessage(input: { threadId: "${thread}", subject: "s", body: "b" }) { message { id } }`,
		);
		const document = await make(
			'createDocument(input: { name: "a.txt", mimeType: "text/plain", description: "d" }) { document { id } }',
		);
		const comment = await make(`createComment(input: { about: { noteId: "${note}" }, text: "c" }) { comment { id } }`);
		const invoice = await make(
			'createInvoice(input: { number: "1", currency: "EUR", total: "1", amountDue: "1", memo: "m" }) { invoice { id } }',
		);
		const entry = await make(
			'createTimeEntry(input: { minutes: 1, startedAt: "2026-01-01T00:00:00Z", description: "t" }) { timeEntry { id } }',
		);
		const { operator } = stage.people;
		const { id } = await stage.approved({ classes: ['NOTE', 'DOCUMENT', 'COMMUNICATION', 'BILLING'] });
		const env = as(operator, operators);
		await firmsealJson(env, 'lease', 'activate', '--lease', id);
		const use = async (...args: string[]) => (await firmsealJson(env, 'lease', 'use', '--lease', id, ...args)).result;
		const all = [document, message, note, invoice, entry, comment];
		expect((await use('--id', ...all)).records).toMatchObject([
			{ type: 'Document', description: 'd' },
			{ type: 'Message', subject: 's', body: 'b' },
			{ type: 'Note', body: 'She accepts.' },
			{ type: 'Invoice', memo: 'm' },
			{ type: 'TimeEntry', description: 't' },
			{ type: 'Comment', text: 'c' },
		]);
		for (const [args, record] of [
			[['documents'], { description: 'd' }],
			[['notes'], { id: note }],
			[['invoices'], { memo: 'm' }],
			[['time-entries'], { description: 't' }],
			[['threads'], { type: 'Thread', id: thread }],
			[['messages', '--thread', thread], { subject: 's', body: 'b' }],
			[['comments', '--on', note], { text: 'c' }],
		] as const)
			expect((await use('--type', ...args)).records).toMatchObject([record]);
		const wrong = await Promise.all([
			firmsealJson(env, 'lease', 'use', '--lease', id, '--id', thread),
			firmsealJson(env, 'lease', 'use', '--lease', id, '--id', note, uuidv7()),
			firmsealJson(env, 'lease', 'use', '--lease', id, '--type', 'comments', '--on', thread),
			firmsealJson(env, 'lease', 'use', '--lease', id, '--type', 'messages'),
			firmsealJson(env, 'lease', 'use', '--lease', id),
		]);
		expect(wrong.map(({ code, error }) => [code, error.code])).toEqual([
			[1, 'BAD_USER_INPUT'],
			[1, 'NOT_FOUND'],
			[1, 'BAD_USER_INPUT'],
			[2, 'BAD_USER_INPUT'],
			[2, 'BAD_USER_INPUT'],
		]);
		expect((await firmseal(env, 'lease', 'release', '--lease', id)).code).toBe(0);
	});
});
