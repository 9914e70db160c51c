import type { SQL } from 'drizzle-orm';
import { PgDialect } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { v7 } from 'uuid';
import { encodeLeaf, systemEntry } from '../../src/audit/index.ts';
import { appendEntriesSql, identifyToken, type Transaction } from '../../src/database/index.ts';
import { type Comparison, compare, tableOf } from '../harness/comparison.ts';
import { measureRounds, type TimedSide, timed } from '../harness/rounds.ts';
import type { Measured, Section, SectionContext } from '../harness/section.ts';

/** Bytes of a value: one that PostgreSQL keeps in its row, and one that it moves out of the row. */
const SIZES = [320, 3_200] as const;
const ROWS = 10_000;
/** Rows of a page. */
const PAGE = 1_000;

/** How ciphertext can be stored and sent by the database, and what prepared statements save, compared with the present way. */
export const transport: Section = {
	name: 'transport',
	title: 'Transport',
	steps: () => SIZES.length + 1,
	measure: measureTransport,
};

async function measureTransport({ installation, scale, signal, onStep }: SectionContext): Promise<Measured> {
	const { settings, adminUrl, member } = installation;
	const options = { milliseconds: scale.transport, signal };
	const values: Comparison[] = [];
	await using open = new AsyncDisposableStack();
	const admin = open.adopt(new pg.Client(adminUrl), (each) => each.end());
	const login = open.adopt(new pg.Client(settings.DATABASE_URL), (each) => each.end());
	await Promise.all([admin.connect(), login.connect()]);
	for (const size of SIZES) {
		await fill(admin, size);
		const times = await measureRounds(pagesOf(admin), options);
		const line = (what: string, base: keyof typeof times, compared: keyof typeof times) => {
			const values = `${PAGE.toLocaleString('en-US')} of ${size.toLocaleString('en-US')} B`;
			return compare(`${values}: ${what}`, times, { base, compared });
		};
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
	const named = [
		compare('who asks', times, { base: 'who', compared: 'whoNamed' }),
		compare('an entry of the log', times, { base: 'entry', compared: 'entryNamed' }),
	];
	return {
		tables: [
			tableOf('Ciphertext on its way', 'bytea, as it is', 'otherwise', values),
			tableOf('A statement that is prepared by name', 'prepared each time', 'by name', named),
		],
		facts: [],
	};
}

/** Creates two tables with the same incompressible values. The second keeps the values in the row. */
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
		const text = `select id, created_at::text, ${columns} from ${table} order by created_at limit ${PAGE}`;
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

/** The two statements of every request, as the program sends them. */
function statementsOf(login: pg.Client, { issuer, subject }: { issuer: string; subject: string }) {
	const dialect = new PgDialect();
	const who = () => statementOf((tx) => identifyToken(tx, issuer, subject));
	const entry = async () => {
		// Always the first entry of a run, because the transaction rolls back.
		const ids = { id: v7(), firm: null, boot: v7(), sequence: 1 };
		const draft = systemEntry('firm', { action: 'log.read' });
		return appendEntriesSql([{ ...ids, leaf: encodeLeaf({ ...draft, ...ids, v: 1, at: new Date().toISOString() }) }]);
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

/** The SQL that a function would execute. */
async function statementOf(work: (tx: Transaction) => Promise<unknown>): Promise<SQL> {
	const executed = Promise.withResolvers<SQL>();
	const execute = async (statement: SQL) => {
		executed.resolve(statement);
		return { rows: [] };
	};
	await work({ execute } as unknown as Transaction);
	return executed.promise;
}
