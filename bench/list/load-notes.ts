import { createLogger, createMetrics, createSchema } from '../../src/api/index.ts';
import { deriveId, readMail } from '../../src/cli/demo/mail.ts';
import { WRITERS, writeItems } from '../../src/cli/demo/write-items.ts';
import { openDesk, openKeyring, openLog, openPlaneOf } from '../../src/compose.ts';
import { asAdministrator, type BenchInstallation, type Settings, urlOfDatabase } from '../installation.ts';

export const NOTES = 1_000;
/** Bytes of the bodies; about 400 on average. */
const SHORTEST = 200;
const LONGEST = 700;
const PLAIN_DATABASE = 'plain';

interface Note {
	readonly id: string;
	readonly title: string;
	readonly body: string;
}

/**
 * Writes the same real e-mails twice: sealed, as a member's notes, and into a copy of the database whose columns are text.
 * Answers the settings of a server on the copy.
 */
export async function loadNotes(installation: BenchInstallation): Promise<Settings> {
	const notes = (await readMail())
		.filter(({ body }) => Buffer.byteLength(body) >= SHORTEST && Buffer.byteLength(body) <= LONGEST)
		.slice(0, NOTES)
		.map(({ subject: title, body, time }) => ({ id: deriveId(`bench${title}${body}`, time), title, body }));
	if (notes.length < NOTES)
		throw new Error(`The corpus has only ${notes.length} e-mails of the size that is measured.`);
	const { settings } = installation;
	const admin = settings.FIRMSEAL_ADMIN_DATABASE_URL ?? '';
	await makePlainDatabase(admin);
	await writeSealed(installation, notes);
	await writePlain(admin, notes);
	return { ...settings, DATABASE_URL: urlOfDatabase(settings.DATABASE_URL ?? '', PLAIN_DATABASE) };
}

/** The same tables, indexes, roles and row policies; only the sealed columns are text, and their checks gone. */
async function makePlainDatabase(admin: string): Promise<void> {
	await asAdministrator(urlOfDatabase(admin, 'postgres'), async (sql) => {
		const source = new URL(admin).pathname.slice(1);
		// A template must have no connections: what the set-up opened may take a moment to be gone.
		await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${source}`;
		await sql`create database ${sql(PLAIN_DATABASE)} template ${sql(source)}`;
	});
	await asAdministrator(urlOfDatabase(admin, PLAIN_DATABASE), async (sql) => {
		await sql`alter table notes drop constraint notes_title_firm_tag, drop constraint notes_body_firm_tag`;
		await sql`alter table notes alter title type text using null, alter body type text using null`;
	});
}

async function writeSealed({ config, database, member }: BenchInstallation, notes: readonly Note[]): Promise<void> {
	const plane = openPlaneOf(database, 'firmseal_firm', WRITERS + 1);
	const logPlane = openPlaneOf(database, 'firmseal_firm', 1);
	const audit = openLog(logPlane);
	try {
		const { registry } = createSchema();
		const keyring = await openKeyring(config, 'firm');
		const logger = createLogger({ level: 'error' });
		const desk = openDesk({ plane, keyring, audit, registry, config, metrics: createMetrics(), logger });
		const rows = notes.map((note) => ({ type: 'Note', by: 'member', input: { ...note } }) as const);
		const items = rows.map((row) => ({ rows: [row] }) as const);
		await writeItems({ member: { desk, principal: member } }, items, { desk, firm: member.firm, title: 'Notes' });
	} finally {
		await audit.close();
		await Promise.all([plane.close(), logPlane.close()]);
	}
}

/** Metadata as the sealed rows have it, so that both servers answer the same bytes. */
async function writePlain(admin: string, notes: readonly Note[]): Promise<void> {
	const rows = await asAdministrator(admin, async (sql) => {
		await sql`vacuum analyze`;
		return sql`select firm_id, id, author_id, created_at, updated_at from notes`;
	});
	const byId = new Map(notes.map((note) => [note.id, note]));
	const filled = rows.map((row) => ({
		...row,
		title: byId.get(row.id)?.title ?? '',
		body: byId.get(row.id)?.body ?? '',
	}));
	await asAdministrator(urlOfDatabase(admin, PLAIN_DATABASE), async (sql) => {
		await sql`insert into notes ${sql(filled)}`;
		await sql`vacuum analyze`;
	});
}
