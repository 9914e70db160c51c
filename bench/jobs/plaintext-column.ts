import { asAdministrator, type BenchInstallation } from '../installation.ts';
import { TEXT } from './write-notes.ts';

/** The column of plaintext that the benchmark's own database has beside the schema's. */
export const MOVED_COLUMN = {
	coordinate: 'Note.body',
	table: 'notes',
	from: 'body_plain',
	to: 'body',
	type: 'text',
} as const;

/** Adds the column, as an adopter’s migration does that marks a field. */
export const addPlaintextColumn = ({ settings }: BenchInstallation): Promise<void> =>
	asAdministrator(settings.FIRMSEAL_ADMIN_DATABASE_URL ?? '', async (sql) => {
		await sql`alter table notes add column body_plain text`;
		await sql`grant select, update (body_plain) on notes to firmseal_maintenance`;
		await sql`
			insert into column_moves (coordinate, table_name, from_column, to_column, phase)
			values (${MOVED_COLUMN.coordinate}, ${MOVED_COLUMN.table}, ${MOVED_COLUMN.from}, ${MOVED_COLUMN.to}, 'EXPANDED')`;
	});

/** Puts every note in the clear again, and removes what is sealed of it. */
export const resetToPlaintext = ({ settings }: BenchInstallation): Promise<void> =>
	asAdministrator(settings.FIRMSEAL_ADMIN_DATABASE_URL ?? '', async (sql) => {
		await sql`set session_replication_role = replica`;
		await sql`update notes set body_plain = ${TEXT}, body = null`;
		await sql`vacuum analyze notes`;
	});
