import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SUPERUSER } from '../../src/database/index.ts';
import { makeScene, type Scene } from '../attacks/scene.ts';
import type { Answer } from '../support/ask.ts';
import { untilBlocked } from '../support/blocked.ts';
import { LOGINS } from '../support/installation.ts';
import { scale } from '../support/scale.ts';
import { codesOf, outcomesOf, type Shown, shown, type Writer, writerOf } from './writer.ts';

let scene: Scene;
/** Two people of the firm. */
let member: Writer;
let owner: Writer;
beforeAll(async () => {
	scene = await makeScene();
	member = writerOf(scene);
	owner = writerOf(scene, scene.north.owner);
});
afterAll(() => scene?.installation.close());

const ROUNDS = Array.from({ length: scale(30, 5) }, (_, n) => n);
const TEXT = { name: 'a.txt', mimeType: 'text/plain', description: 'what' };

const share = (documentId: string): Promise<Answer> =>
	scene.api.ask(
		scene.north.owner,
		'mutation ($input: ShareWithClientInput!) { shareWithClient(input: $input) { client { id } } }',
		{ input: { clientId: scene.north.clientId, subject: { documentId } } },
	);

/** Checks that each result is success or one of these refusals. */
function expectOnly(answers: readonly Answer[], ...codes: string[]): void {
	for (const answer of answers) for (const code of codesOf(answer)) expect(codes).toContain(code);
}

describe('two concurrent writes of one record', () => {
	it('make exactly one of two changes from one revision, as a whole', async () => {
		for (const n of ROUNDS) {
			const { id } = await member.make('Note', { title: 'first', body: 'first' });
			const changes = [member, owner].map((by, who) =>
				by.update('Note', { id, expectedRevision: 1, title: `${n} of ${who}`, body: `${n} of ${who}` }, 'id revision'),
			);
			const answers = await Promise.all(changes);
			expect(outcomesOf(answers)).toEqual({ done: 1, CONFLICT: 1 });
			const won = codesOf(answers[0] as Answer).length === 0 ? 0 : 1;
			const text = `${n} of ${won}`;
			expect(await member.read('Note', id)).toMatchObject({ title: text, body: text, revision: 2 });
		}
	});

	it('make either a change or a deletion, and never leave content in a tombstone', async () => {
		for (const n of ROUNDS) {
			const { id } = await member.make('Note', { title: 'first' });
			const change = () => member.update('Note', { id, expectedRevision: 1, title: 'second' }, 'id');
			const removal = () => owner.remove('Note', id, 1);
			const works = n % 2 ? [change(), removal()] : [removal(), change()];
			const answers = await Promise.all(works);
			expect(outcomesOf(answers).done).toBe(1);
			expectOnly(answers, 'CONFLICT', 'NOT_FOUND');
		}
		const [kept] =
			await scene.admin`select count(*)::int as n from notes where deleted_at is not null and title is not null`;
		expect(kept?.n).toBe(0);
	});

	it('make one of two deletions', async () => {
		for (const _ of ROUNDS.slice(0, 10)) {
			const { id } = await member.make('Document', TEXT);
			const answers = await Promise.all([member.remove('Document', id, 1), owner.remove('Document', id, 1)]);
			expect(outcomesOf(answers)).toEqual({ done: 1, NOT_FOUND: 1 });
		}
	});
});

describe('an addition during a deletion', () => {
	it('becomes a tombstone too or is refused, for comments, versions and shares of a document', async () => {
		for (const n of ROUNDS) {
			const { id } = await member.make('Document', TEXT);
			const adds = () => [
				member.create('Comment', { about: { documentId: id }, text: 'late' }, 'id'),
				owner.create('Comment', { about: { documentId: id }, text: 'late' }, 'id'),
				share(id),
			];
			const removal = () => owner.remove('Document', id, 1);
			const works = n % 2 ? [...adds(), removal()] : [removal(), ...adds()];
			const answers = await Promise.all(works);
			expectOnly(answers, 'NOT_FOUND');
			const removed = answers.at(n % 2 ? -1 : 0) as Answer;
			expect(codesOf(removed)).toEqual([]);
		}
		for (const n of ROUNDS) {
			const { id } = await member.make('Document', TEXT);
			const version = () => member.create('DocumentVersion', { documentId: id, changeSummary: 'late' }, 'id');
			const removal = () => owner.remove('Document', id, 1);
			const answers = await Promise.all(n % 2 ? [version(), removal()] : [removal(), version()]);
			// In either order the deletion succeeds, and the version becomes a tombstone or is refused.
			expectOnly(answers, 'NOT_FOUND');
			expect(codesOf(answers.at(n % 2 ? -1 : 0) as Answer)).toEqual([]);
		}
		const orphans = await scene.admin`
			select c.id from comments c join documents d on d.id = c.document_id
				where d.deleted_at is not null and (c.deleted_at is null or c.text is not null)
			union all select v.id from document_versions v join documents d on d.id = v.document_id
				where d.deleted_at is not null and (v.deleted_at is null or v.change_summary is not null)
			union all select s.id from shares s join documents d on d.id = s.document_id where d.deleted_at is not null`;
		expect([...orphans]).toEqual([]);
	});
});

describe('many concurrent additions to one record', () => {
	it('number twenty versions without a gap in order of creation', async () => {
		const { id } = await member.make('Document', TEXT);
		const answers = await Promise.all(
			Array.from({ length: 20 }, (_, n) =>
				(n % 2 ? member : owner).create('DocumentVersion', { documentId: id, changeSummary: `${n}` }, 'number'),
			),
		);
		const numbers = answers.map((answer) => shown(answer, 'createDocumentVersion').number);
		expect(numbers.sort((a: number, b: number) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n + 1));
		expect(await member.read('Document', id)).toMatchObject({ revision: 1 });
	});

	it('add twenty messages of the firm and its client to the thread', async () => {
		const { id } = await member.make('Thread', {});
		await scene.api.ask(
			scene.north.owner,
			'mutation ($input: ShareWithClientInput!) { shareWithClient(input: $input) { client { id } } }',
			{ input: { clientId: scene.north.clientId, subject: { threadId: id } } },
		);
		const client = writerOf(scene, scene.north.client);
		const answers = await Promise.all(
			Array.from({ length: 20 }, (_, n) =>
				([member, owner, client][n % 3] as Writer).create('Message', { threadId: id, body: `${n}` }, 'id body'),
			),
		);
		expect(answers.map((answer) => shown(answer, 'createMessage').body)).toEqual(answers.map((_, n) => `${n}`));
		const { data } = await scene.api.ask(
			scene.north.member,
			`{ thread(id: "${id}") { revision updatedAt messages { totalCount nodes { createdAt } } } }`,
		);
		expect(data.thread).toMatchObject({ revision: 1, messages: { totalCount: 20 } });
		const last = data.thread.messages.nodes
			.map((node: Shown) => node.createdAt)
			.sort()
			.at(-1);
		expect(Date.parse(data.thread.updatedAt)).toBeGreaterThanOrEqual(Date.parse(last));
	});

	it('never move the time of the last message back, no matter who had to wait', async () => {
		const { id } = await member.make('Thread', {});
		const [row] =
			await scene.admin`update threads set updated_at = now() + interval '1 hour' where id = ${id} returning updated_at`;
		await member.make('Message', { threadId: id, body: 'from a transaction that began before' });
		expect(await member.read('Thread', id)).toMatchObject({ revision: 1, updatedAt: row?.updated_at.toISOString() });
	});

	it('end at two hundred versions, and return the last one if it is sent again', async () => {
		const { id } = await member.make('Document', TEXT);
		const inputs = Array.from({ length: 200 }, (_, n) => ({ id: uuidv7(), documentId: id, changeSummary: `${n}` }));
		for (let from = 0; from < 190; from += 10)
			await Promise.all(
				inputs.slice(from, from + 10).map((input) => member.create('DocumentVersion', input, 'number')),
			);
		const last = inputs.slice(190);
		const more = Array.from({ length: 5 }, () => ({ id: uuidv7(), documentId: id, changeSummary: 'too many' }));
		const answers = await Promise.all(
			[...last, ...more].map((input) => member.create('DocumentVersion', input, 'number')),
		);
		expect(outcomesOf(answers)).toEqual({ done: 10, CONFLICT: 5 });
		const refused = answers.flatMap(({ errors }) => errors.map(({ message }) => message));
		for (const message of refused) expect(message).toContain('at most 200 versions');
		const [count] =
			await scene.admin`select count(*)::int as n, max(number) from document_versions where document_id = ${id}`;
		expect(count).toEqual({ n: 200, max: 200 });
		const [made] =
			await scene.admin`select id, number from document_versions where document_id = ${id} and number = 200`;
		const input = [...inputs, ...more].find((each) => each.id === made?.id) as { id: string; documentId: string };
		expect(shown(await member.create('DocumentVersion', input, 'id number'), 'createDocumentVersion')).toEqual({
			...made,
		});
	});
});

describe('two writes that wait for each other', () => {
	/** Each update of an invoice takes its own number, waits until the other has too, and then requests the other's number. */
	beforeAll(() =>
		scene.admin.unsafe(`create function wait_for_other() returns trigger language plpgsql security definer as $$ begin
			perform pg_advisory_xact_lock(9, hashtext(old.number));
			while (select count(*) < 2 from pg_locks where locktype = 'advisory' and classid = 9 and granted) loop perform pg_sleep(0.01); end loop;
			perform pg_advisory_xact_lock(9, hashtext(new.number));
			return new;
		end $$; create trigger wait_for_other before update of number on invoices for each row execute function wait_for_other()`),
	);
	afterAll(() => scene.admin.unsafe('drop trigger wait_for_other on invoices; drop function wait_for_other()'));

	it('end with one refusal that asks to repeat the write, and leave nothing half done', async () => {
		const invoice = (number: string) => member.make('Invoice', { number, currency: 'EUR', total: '1' });
		const [a, b] = [await invoice('their-a'), await invoice('their-b')];
		const answers = await Promise.all([
			member.update('Invoice', { id: a.id, expectedRevision: 1, number: 'their-b', lineItems: [{}] }),
			owner.update('Invoice', { id: b.id, expectedRevision: 1, number: 'their-a', lineItems: [{}] }),
		]);
		expectOnly(answers, 'CONFLICT');
		const messages = answers.flatMap(({ errors }) => errors.map(({ message }) => message));
		expect(messages).toContain('Another change was made at the same time: try again.');
		for (const [index, { id }] of [a, b].entries()) {
			const { revision, lineItems } = await member.read('Invoice', id);
			const isDone = codesOf(answers[index] as Answer).length === 0;
			expect([revision, lineItems.length]).toEqual(isDone ? [2, 1] : [1, 0]);
		}
	});
});

describe('a portal client while a share is revoked', () => {
	/** A thread, functions that share and unshare it, and the client's message in it. */
	async function makeThread() {
		const { id } = await member.make('Thread', {});
		const client = writerOf(scene, scene.north.client);
		const sharing = (verb: string) =>
			scene.api.ask(
				scene.north.owner,
				`mutation ($input: ${verb}WithClientInput!) { ${verb.toLowerCase()}WithClient(input: $input) { client { id } } }`,
				{ input: { clientId: scene.north.clientId, subject: { threadId: id } } },
			);
		return { id, sharing, write: () => client.create('Message', { threadId: id, body: 'late' }, 'id') };
	}

	it('can write or finds nothing, and never gets an error of the database', async () => {
		const { sharing, write } = await makeThread();
		for (const _ of ROUNDS) {
			await sharing('Share');
			const answers = await Promise.all([write(), sharing('Unshare'), write(), write()]);
			expectOnly(answers, 'NOT_FOUND');
			expect(outcomesOf([await write()])).toEqual({ NOT_FOUND: 1 });
		}
	});

	it.each([
		{ order: 'the revocation is first', outcomes: { Unshare: 'done', write: 'NOT_FOUND' } },
		{ order: 'the write is first', outcomes: { write: 'done', Unshare: 'done' } },
	])('writes or finds nothing, by the order of the two locks on the thread: $order', async ({ outcomes }) => {
		const { id, sharing, write } = await makeThread();
		await sharing('Share');
		const answers: Promise<Answer>[] = [];
		await scene.admin.begin(async (tx) => {
			await tx`select from threads where id = ${id} for update`;
			// PostgreSQL grants a row lock in the order of the requests.
			for (const next of Object.keys(outcomes)) {
				const holder = answers.length === 0 ? SUPERUSER : LOGINS.firm;
				answers.push(next === 'write' ? write() : sharing('Unshare'));
				await untilBlocked(scene.admin, holder);
			}
		});
		const found = (await Promise.all(answers)).map((answer) => codesOf(answer)[0] ?? 'done');
		expect(found).toEqual(Object.values(outcomes));
	});
});

describe('a storm of writes by five people', () => {
	it('ends with every write made or refused for a reason, and no content in a tombstone', async () => {
		const client = writerOf(scene, scene.north.client);
		const stranger = writerOf(scene, scene.harbour.member);
		const approver = writerOf(scene, scene.approver);
		const people = [member, owner, client, stranger, approver];
		const { id: documentId } = await member.make('Document', TEXT);
		const { id: threadId } = await member.make('Thread', {});
		const clientIds = [scene.north.clientId, (await member.make('Client', { name: 'Two' })).id];
		const notes: Shown[] = [];
		const invoices: Shown[] = [];
		for (let n = 0; n < 4; n++) {
			notes.push(await member.make('Note', { title: `${n}` }));
			invoices.push(await member.make('Invoice', { number: `storm-${n}`, currency: 'EUR', total: '1' }));
		}
		const pick = <T>(items: readonly T[], n: number): T => items[(n * 7919) % items.length] as T;
		const shareOf = (n: number, verb: string) =>
			scene.api.ask(
				scene.north.member,
				`mutation ($input: ${verb}WithClientInput!) { ${verb.toLowerCase()}WithClient(input: $input) { client { id } } }`,
				{ input: { clientId: pick(clientIds, n), subject: pick<object>([{ documentId }, { threadId }], n >> 1) } },
			);
		const note = (n: number) => pick(notes, n);
		const revision = (n: number) => 1 + (n % 3);
		const works: readonly ((by: Writer, n: number) => Promise<Answer>)[] = [
			(by, n) => by.update('Note', { id: note(n).id, expectedRevision: revision(n), body: `${n}` }, 'id'),
			(by, n) => by.create('Comment', { about: { noteId: note(n).id }, text: `${n}` }, 'id'),
			(by) => by.create('DocumentVersion', { documentId, changeSummary: 'x' }, 'number'),
			(by, n) => by.create('Message', { threadId, body: `${n}` }, 'id'),
			(by, n) => by.update('Document', { id: documentId, expectedRevision: n, clientId: pick(clientIds, n) }, 'id'),
			(by, n) => by.update('Client', { id: pick(clientIds, n), expectedRevision: revision(n), name: `${n}` }, 'id'),
			(by, n) =>
				by.update(
					'Invoice',
					{
						id: pick(invoices, n).id,
						expectedRevision: revision(n),
						number: `storm-${(n + 1) % 4}`,
						clientId: pick(clientIds, n),
						lineItems: [{ description: `${n}` }],
					},
					'id',
				),
			(by, n) => by.create('Comment', { about: { invoiceId: pick(invoices, n).id }, text: 'x' }, 'id'),
			(_, n) => shareOf(n, n % 3 ? 'Share' : 'Unshare'),
			(by, n) => by.remove('Note', note(n).id, revision(n)),
		];
		const answers: Answer[] = [];
		for (let round = 0; round < 4; round++)
			answers.push(
				...(await Promise.all(
					Array.from({ length: 50 }, (_, n) =>
						pick(works, round * 50 + n)(people[n % people.length] as Writer, round * 50 + n),
					),
				)),
			);
		expectOnly(answers, 'NOT_FOUND', 'CONFLICT', 'FORBIDDEN', 'BAD_USER_INPUT');
		expect(outcomesOf(answers).done).toBeGreaterThan(10);
		const [orphans] = await scene.admin`select count(*)::int as n from comments c join notes n on n.id = c.note_id
			where n.deleted_at is not null and c.deleted_at is null`;
		expect(orphans?.n).toBe(0);
	});
});
