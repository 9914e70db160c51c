import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIRMS } from '../../examples/demo/firms.ts';
import { FirmItems } from '../../examples/demo/items.ts';
import { mailOf, readMail } from '../../examples/demo/mail.ts';
import { makeInstallation, type Person, type TestApi, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { withoutIds } from '../support/without-ids.ts';
import { firmseal, firmsealJson } from '../system/program.ts';
import { countsOf, LOADED, SHARES, TABLES } from './demo-loaded.ts';

/** A digest of each table, and the number of log entries without those that reads and starts add. */
async function digestsOf({ admin }: TestInstallation): Promise<Record<string, string>> {
	const digests = [...TABLES, 'users', 'memberships', 'operators', 'notices'].map(async (table) => {
		const [row] = await admin`select md5(string_agg(t::text, ' ' order by t::text)) as digest from ${admin(table)} t`;
		return [table, row?.digest as string] as const;
	});
	const [acts] = await admin`
		select count(*)::int as n from audit_entries where leaf::json->>'action' ~ '^(content|share|member|operator|firm)[.]'`;
	return { ...Object.fromEntries(await Promise.all(digests)), acts: String(acts?.n) };
}

describe('the loaded demo', () => {
	let installation: TestInstallation;
	let api: TestApi;
	let first: Awaited<ReturnType<typeof firmsealJson>>;

	beforeAll(async () => {
		installation = await makeInstallation(embedded);
		first = await firmsealJson(installation.env, 'demo');
		api = await installation.serve();
	});
	afterAll(() => installation?.close());

	it('has every type in both firms, and about 300 e-mails as messages', async () => {
		expect(first).toMatchObject({ code: 0, ok: true, result: { written: LOADED } });
		expect(first.stderr).toMatch(/^Demo of northgate: (\d+)\/\1$/m);
		for (const { slug } of FIRMS) {
			const counts = await countsOf(installation, slug);
			expect([slug, Object.entries(counts).filter(([, count]) => count === 0)]).toEqual([slug, []]);
			expect(counts).toMatchObject({ messages: 150, notes: 25 });
		}
		const statuses = await installation.admin`select distinct status from invoices order by status`;
		expect(statuses.map(({ status }) => status)).toEqual(['DRAFT', 'ISSUED', 'PAID', 'VOID']);
	});

	it('holds envelopes in every sealed column, and their plaintext in no table', async () => {
		const columns = await installation.admin`
			select table_name as "table", column_name as "column" from information_schema.columns
			where table_schema = 'public' and domain_name = 'sealed'`;
		expect(columns.length).toBeGreaterThan(10);
		for (const { table, column } of columns) {
			const [row] = await installation.admin`
				select count(${installation.admin(column)})::int as filled,
					count(*) filter (where substr(${installation.admin(column)}::bytea, 1, 2) <> '\\xf501')::int as other
				from ${installation.admin(table)}`;
			const empty = `${table}.${column}: give it a value in examples/demo/items.ts`;
			expect({ table, column, filled: (row?.filled ?? 0) > 0, other: row?.other }, empty).toEqual({
				table,
				column,
				filled: true,
				other: 0,
			});
		}
		for (const table of TABLES) {
			const [row] = await installation.admin`
				select count(*)::int as n from ${installation.admin(table)} t where t::text ~ 'option to buy|our limit|as agreed'`;
			expect([table, row?.n]).toEqual([table, 0]);
		}
	});

	it('is not changed by a second load', async () => {
		const before = await digestsOf(installation);
		expect(await firmsealJson(installation.env, 'demo')).toMatchObject({
			code: 0,
			ok: true,
			result: { written: {} },
			stderr: '',
		});
		expect(await digestsOf(installation)).toEqual(before);
	});

	it('has e-mails and texts as files: members can download all of them, and the client only the shared one', async () => {
		for (const { slug } of FIRMS) {
			const [member, client] = await Promise.all(
				['member', 'client'].map((who) => installation.person(`${who}@${slug}.example`)),
			);
			const { data } = await api.ask(
				member ?? '',
				'{ documents(filter: { status: AVAILABLE }) { nodes { id name mimeType byteSize sharedWith { id } versions { byteSize } } } }',
			);
			expect(data.documents.nodes).toHaveLength(6);
			const seen: number[] = [];
			for (const { id, name, mimeType, byteSize, sharedWith, versions } of data.documents.nodes) {
				const get = (token: Person = '') =>
					fetch(`${api.url}/documents/${id}/content`, { headers: { authorization: `Bearer ${token}` } });
				const answer = await get(member);
				const text = await answer.text();
				expect([name, answer.status, Buffer.byteLength(text)]).toEqual([name, 200, byteSize]);
				expect(versions).toEqual([{ byteSize }]);
				expect(text).toMatch(mimeType === 'message/rfc822' ? /^From: .+$/im : /(Dear|Call|contract)/);
				seen.push((await get(client)).status);
				expect(seen.at(-1)).toBe(sharedWith.length === 1 ? 200 : 404);
			}
			expect(seen.filter((status) => status === 200)).toHaveLength(1);
		}
	});

	it('restores a file that an interrupted load did not send, and no other', async () => {
		const { admin } = installation;
		const [version] = await admin`select id from document_versions where byte_size is not null order by id limit 1`;
		// Resets the row to its state before the upload. Only the owner of the tables can do so.
		await admin.begin(async (sql) => {
			await sql`alter table document_versions disable trigger user`;
			await sql`update document_versions set byte_size = null, bucket = null, object_key = null, sha256 = null where id = ${version?.id}`;
			const triggers = await sql`
				select tgname as name from pg_trigger where tgrelid = 'document_versions'::regclass and not tgisinternal`;
			for (const { name } of triggers) await sql`alter table document_versions enable always trigger ${sql(name)}`;
		});
		expect(await firmsealJson(installation.env, 'demo')).toMatchObject({ code: 0, result: { written: { File: 1 } } });
		expect((await admin`select 1 from document_versions where byte_size is not null`).length).toBe(LOADED.File);
		expect(await firmsealJson(installation.env, 'demo')).toMatchObject({
			code: 0,
			result: { written: {} },
			stderr: '',
		});
	});

	it('shows a portal client exactly the records that are shared with it', async () => {
		const [shared] = await installation.admin`
			select c.name, array_remove(array_agg(s.document_id::text), null) as documents,
				array_remove(array_agg(s.thread_id::text), null) as threads,
				array_remove(array_agg(s.invoice_id::text), null) as invoices
			from shares s join clients c on c.id = s.client_id join firms f on f.id = s.firm_id
			where f.slug = 'northgate' group by c.name`;
		const { data, errors } = await api.ask(
			await installation.person('client@northgate.example'),
			`{
				clients { nodes { name } }
				documents(first: 10) { nodes { id description versions { changeSummary author { role } } comments(first: 5) { nodes { text } } } }
				threads(first: 10) { nodes { id messages(first: 10) { nodes { subject body author { role } comments(first: 5) { nodes { text } } } } } }
				invoices(first: 10) { nodes { id status memo lineItems { description quantity unitAmount } comments(first: 5) { nodes { text } } } }
			}`,
		);
		expect(errors).toEqual([]);
		const { clients, documents, threads, invoices } = data;
		expect(clients.nodes).toEqual([{ name: shared?.name }]);
		for (const [name, list] of Object.entries({ documents, threads, invoices }))
			expect(list.nodes.map(({ id }: { id: string }) => id).toSorted()).toEqual(shared?.[name].toSorted());
		expect(threads.nodes).toHaveLength(3);
		for (const { messages } of threads.nodes) {
			const roles = messages.nodes.map(({ author }: { author: { role: string } }) => author.role);
			expect(new Set(roles)).toEqual(new Set(['CLIENT', 'MEMBER']));
			for (const { subject, body } of messages.nodes) expect(subject.length * body.length).toBeGreaterThan(0);
		}
		const lease = documents.nodes.find(({ description }: { description: string }) =>
			description.includes('option to buy'),
		);
		expect(lease.versions).toHaveLength(3);
		expect(invoices.nodes[0]).toMatchObject({ status: 'ISSUED', memo: expect.stringContaining('as agreed') });
		expect(invoices.nodes[0].lineItems[0].quantity).toMatch(/^\d+$/);
		const commented = [documents, invoices, ...threads.nodes.map(({ messages }: never) => messages)].flatMap(
			({ nodes }) => nodes.map(({ comments }: { comments: { nodes: unknown[] } | null }) => comments?.nodes ?? []),
		);
		expect(commented.flat()).toEqual([]);
	});

	it('shows an operator only metadata', async () => {
		const [north] = await installation.admin`select id from firms where slug = 'northgate'`;
		const [thread] = await installation.admin`select id from threads where firm_id = ${north?.id} limit 1`;
		const { data, errors, sealed, text } = await api.ask(
			await installation.person('operator@platform.example'),
			`{
				clients(firmId: "${north?.id}") { nodes { name } }
				notes(firmId: "${north?.id}") { totalCount nodes { title body comments { nodes { text } } } }
				documents(firmId: "${north?.id}") { totalCount nodes { name description versions { changeSummary } } }
				messages(firmId: "${north?.id}", threadId: "${thread?.id}") { nodes { subject body } }
				invoices(firmId: "${north?.id}") { totalCount nodes { total amountDue memo lineItems { description quantity unitAmount } } }
				timeEntries(firmId: "${north?.id}") { totalCount nodes { minutes description } }
			}`,
		);
		expect(errors).toEqual([]);
		expect(data.clients.nodes).toHaveLength(5);
		expect(data).toMatchObject({ notes: { totalCount: 25 }, documents: { totalCount: 12 } });
		expect(data).toMatchObject({ invoices: { totalCount: 10 }, timeEntries: { totalCount: 20 } });
		expect(sealed.map(({ coordinate, reason }) => `${coordinate} ${reason}`).toSorted()).toEqual(
			[
				'Comment.text',
				'Document.description',
				'DocumentVersion.changeSummary',
				'Invoice.amountDue',
				'Invoice.memo',
				'Invoice.total',
				'InvoiceLineItem.description',
				'InvoiceLineItem.quantity',
				'InvoiceLineItem.unitAmount',
				'Message.body',
				'Message.subject',
				'Note.body',
				'Note.title',
				'TimeEntry.description',
			].map((coordinate) => `${coordinate} NO_LEASE`),
		);
		expect(withoutIds(text)).not.toMatch(/f501|option to buy|as agreed|please file/i);
	});

	// This test is the last, because it changes data that the other tests read.
	it('does not undo the changes that people have made since the first load', async () => {
		const owner = await installation.person('owner@northgate.example');
		const ask = async (query: string, input: object) => {
			const { data, errors } = await api.ask(owner, query, { input });
			expect(errors).toEqual([]);
			return data;
		};
		const read = await api.ask(
			owner,
			'{ viewer { firm { members { nodes { id email } } } } notes(first: 25) { nodes { id revision comments { totalCount } } } threads(first: 100) { nodes { id sharedWith { id } } } }',
		);
		const note = read.data.notes.nodes.find(
			({ comments }: { comments: { totalCount: number } }) => comments.totalCount > 0,
		);
		const thread = read.data.threads.nodes.find(({ sharedWith }: { sharedWith: object[] }) => sharedWith.length > 0);
		const member = read.data.viewer.firm.members.nodes.find(({ email }: { email: string }) =>
			email.startsWith('member@'),
		);
		await ask('mutation ($input: DeleteNoteInput!) { deleteNote(input: $input) { id } }', {
			id: note.id,
			expectedRevision: note.revision,
		});
		await ask('mutation ($input: UnshareWithClientInput!) { unshareWithClient(input: $input) { client { id } } }', {
			clientId: thread.sharedWith[0].id,
			subject: { threadId: thread.id },
		});
		await ask('mutation ($input: RemoveMemberInput!) { removeMember(input: $input) { user { id } } }', {
			userId: member.id,
		});
		// As if the load had stopped before these records. The comments can no longer be written; the time entries must be.
		await installation.admin`delete from comments where note_id = ${note.id}`;
		await installation.admin`delete from time_entries where firm_id = (select id from firms where slug = 'northgate')`;
		expect(await firmsealJson(installation.env, 'demo')).toMatchObject({
			code: 0,
			ok: true,
			result: { written: { TimeEntry: 20 } },
		});
		const [shares] = await installation.admin`select count(*)::int as n from shares`;
		expect(shares?.n).toBe(SHARES - 1);
		const members = await api.ask(owner, '{ viewer { firm { members { nodes { email } } } } }');
		expect(members.data.viewer.firm.members.nodes).toHaveLength(2);

		await firmsealJson(installation.env, 'firm', 'suspend', '--firm', 'harbour');
		await installation.admin`update operators set disabled_at = now() where 'APPROVER' = any (roles)`;
		expect(await firmsealJson(installation.env, 'demo')).toMatchObject({ code: 0, ok: true, result: { written: {} } });
	});
});

describe('in an installation that has firms and a note', () => {
	let installation: TestInstallation;

	beforeAll(async () => {
		const populated = await makePopulated(embedded);
		({ installation } = populated);
		const api = await installation.serve();
		await api.ask(populated.north.member, 'mutation { createNote(input: { title: "first" }) { note { id } } }');
		await api.stop();
	});
	afterAll(() => installation?.close());

	it('demo loads its data once, and loads nothing with --dry-run', async () => {
		const count = async () => (await installation.admin`select count(*)::int as n from notes`)[0]?.n;
		const before = await count();
		expect(await firmsealJson(installation.env, 'demo', '--dry-run')).toMatchObject({
			code: 0,
			ok: true,
			result: { dryRun: true },
		});
		expect(await count()).toBe(before);
		const first = await firmsealJson(installation.env, 'demo');
		expect(first).toMatchObject({ code: 0, ok: true, result: { written: { Note: 50, Message: 300 } } });
		expect(first.stderr).toMatch(/^Demo of harbour: (\d+)\/\1$/m);
		expect(await firmsealJson(installation.env, 'demo')).toMatchObject({
			code: 0,
			ok: true,
			result: { written: {} },
			stderr: '',
		});
		expect(await count()).toBe(before + 50);
	});
});

describe('the e-mails of the demo', () => {
	const messageIds = async (all: boolean) => {
		const mails = await readMail();
		return FIRMS.map((firm) =>
			new FirmItems(firm)
				.messages(mailOf(firm, mails, { all }).threads)
				.flatMap(({ rows }) => rows.filter(({ type }) => type === 'Message').map(({ input }) => input.id)),
		);
	};

	it('are about 6,000 with --all, each once, including those that are loaded without it', async () => {
		const [part, all] = [await messageIds(false), await messageIds(true)];
		expect(all.flat().length).toBeGreaterThan(5_900);
		expect(new Set(all.flat()).size).toBe(all.flat().length);
		for (const [index, ids] of part.entries()) {
			expect(ids).toHaveLength(150);
			const known = new Set(all[index]);
			expect(ids.filter((id) => !known.has(id))).toEqual([]);
			expect(all[index]?.length).toBeGreaterThan(2_500);
		}
	});

	it('are only counted with --dry-run', async () => {
		const env = { FIRMSEAL_DATA_DIR: '/nowhere' };
		const { code, stdout } = await firmseal(env, 'demo', '--all', '--dry-run');
		expect({ code, stdout }).toEqual({
			code: 0,
			stdout:
				'Would load two firms, ten people, about 6,000 e-mails in threads, and notes, documents, files, invoices and time entries.\n',
		});
	});
});
