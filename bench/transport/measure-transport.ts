// biome-ignore lint/correctness/noUndeclaredDependencies: the project has it; bench/package.json is for peers only.
import type { SQL } from 'drizzle-orm';
// biome-ignore lint/correctness/noUndeclaredDependencies: the project has it; bench/package.json is for peers only.
import { PgDialect } from 'drizzle-orm/pg-core';
// biome-ignore lint/correctness/noUndeclaredDependencies: the project has it; bench/package.json is for peers only.
import pg from 'pg';
// biome-ignore lint/correctness/noUndeclaredDependencies: the project has it.
import { v7 } from 'uuid';
import { encodeLeaf, systemEntry } from '../../src/audit/index.ts';
import { appendEntriesSql, identifyToken, type Transaction } from '../../src/database/index.ts';
import { type Comparison, compare, type Table } from '../comparison.ts';
import { measureRounds, type TimedSide } from '../rounds.ts';
import type { Measured, Section, SectionContext } from '../section.ts';

/** Bytes of a value: one that lies in its row, and one that PostgreSQL puts beside it. */
const SIZES = [320, 3_200] as const;
const ROWS = 10_000;
/** Of a page. */
const READ = 1_000;

/** How ciphertext may lie in the database and come from it, and what a name for a statement saves: what was chosen, beside the rest. */
export const transport: Section = {
	name: 'transport',
	title: 'Transport',
	steps: () => SIZES.length + 1,
	measure: measureTransport,
};

async function measureTransport({ installation, scale, signal, onStep }: SectionContext): Promise<Measured> {
	const { settings, member } = installation;
	const options = { milliseconds: scale.transport, signal };
	const values: Comparison[] = [];
	const admin = new pg.Client(settings.FIRMSEAL_ADMIN_DATABASE_URL);
	const login = new pg.Client(settings.DATABASE_URL);
	await Promise.all([admin.connect(), login.connect()]);
	try {
		for (const size of SIZES) {
			await fill(admin, size);
			const times = await measureRounds(pagesOf(admin), options);
			const line = (what: string, base: keyof typeof times, compared: keyof typeof times) =>
				compare(`${READ.toLocaleString('en-US')} of ${size.toLocaleString('en-US')} B: ${what}`, times, {
					base,
					compared,
				});
			values.push(
				line('as base64', 'asIs', 'base64'),
				line('in the row whatever their size', 'asIs', 'inRow'),
				line('the same, of a page that does not read them', 'asIsUnread', 'inRowUnread'),
			);
			onStep();
		}
		const account = await admin.query('select issuer, subject from users where id = $1', [member.user]);
		const times = await measureRounds(statementsOf(login, account.rows[0]), options);
		onStep();
		const named: Comparison[] = [
			compare('who asks', times, { base: 'who', compared: 'whoNamed' }),
			compare('an entry of the log', times, { base: 'entry', compared: 'entryNamed' }),
		];
		return { tables: [asTable('Ciphertext on its way', 'bytea, as it is', values), namedTable(named)], facts: [] };
	} finally {
		await Promise.all([admin.end(), login.end()]);
	}
}

const asTable = (title: string, base: string, comparisons: readonly Comparison[]): Table => ({
	title,
	base,
	compared: 'otherwise',
	comparisons,
});

const namedTable = (comparisons: readonly Comparison[]): Table => ({
	...asTable('A statement that is prepared by name', 'each time anew', comparisons),
	compared: 'by name',
});

/** Two tables with the same values, which no compression makes smaller; the second holds them in the row. */
async function fill(admin: pg.Client, size: number): Promise<void> {
	await admin.query(`
		drop table if exists as_is, in_row;
		create table as_is as
			select gen_random_uuid() as id, clock_timestamp() as created_at, (
				select string_agg(sha256(convert_to(i || '/' || j, 'UTF8')), '') from generate_series(1, ${size / 32}) j
			) as body
			from generate_series(1, ${ROWS}) i;
		create table in_row (like as_is);
		alter table in_row alter body set storage main;
		alter table in_row set (toast_tuple_target = 8160);
		insert into in_row select * from as_is order by created_at;
		create index on as_is (created_at);
		create index on in_row (created_at);`);
	for (const name of ['as_is', 'in_row']) await admin.query(`vacuum analyze ${name}`);
}

function pagesOf(admin: pg.Client) {
	const page = (table: string, columns: string, read: (text: string) => unknown): TimedSide => {
		const text = `select id, created_at::text, ${columns} from ${table} order by created_at limit ${READ}`;
		const types = { getTypeParser: () => read } as unknown as pg.CustomTypesConfig;
		return timed(() => admin.query({ text, types, rowMode: 'array' }));
	};
	const fromHex = (text: string) => (text.startsWith('\\x') ? Buffer.from(text.slice(2), 'hex') : text);
	const fromBase64 = (text: string) => (text.length > 40 ? Buffer.from(text, 'base64') : text);
	return {
		asIs: page('as_is', 'body', fromHex),
		base64: page('as_is', `encode(body, 'base64')`, fromBase64),
		inRow: page('in_row', 'body', fromHex),
		asIsUnread: page('as_is', 'id', fromHex),
		inRowUnread: page('in_row', 'id', fromHex),
	};
}

/** The two that each request has, as the program asks them. */
function statementsOf(login: pg.Client, { issuer, subject }: { issuer: string; subject: string }) {
	const dialect = new PgDialect();
	const who = () => statementOf((tx) => identifyToken(tx, issuer, subject));
	const entry = async () => {
		// The first of its run each time, since it is rolled back.
		const names = { id: v7(), firm: null, boot: v7(), sequence: 1 };
		const said = systemEntry('firm', { action: 'log.read' });
		return appendEntriesSql([
			{ ...names, leaf: encodeLeaf({ ...said, ...names, v: 1, at: new Date().toISOString() }) },
		]);
	};
	const ask = (make: () => Promise<SQL>, name?: string): TimedSide =>
		timed(async () => {
			const { sql: text, params: values } = dialect.sqlToQuery(await make());
			await login.query(`begin; select set_config('role', 'firmseal_firm', true)`);
			await login.query({ text, values, ...(name && { name }) });
			await login.query('rollback');
		});
	return { who: ask(who), whoNamed: ask(who, 'who'), entry: ask(entry), entryNamed: ask(entry, 'entry') };
}

/** What a function of the program would ask. */
async function statementOf(work: (tx: Transaction) => Promise<unknown>): Promise<SQL> {
	const asked = Promise.withResolvers<SQL>();
	const execute = async (statement: SQL) => {
		asked.resolve(statement);
		return { rows: [] };
	};
	await work({ execute } as unknown as Transaction);
	return asked.promise;
}

/** Microseconds. */
const timed =
	(work: () => Promise<unknown>): TimedSide =>
	async () => {
		const start = performance.now();
		await work();
		return (performance.now() - start) * 1000;
	};
