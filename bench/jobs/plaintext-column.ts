import { asAdministrator, type BenchInstallation } from '../data/installation.ts';
import { TEXT } from '../data/notes.ts';

/** A plaintext column that only the database of the benchmark has. */
export const MOVED_COLUMN = {
	coordinate: 'Note.body',
	table: 'notes',
	from: 'body_plain',
	to: 'body',
	type: 'text',
} as const;

/** Adds the column, as an adopter's migration does for a field that becomes encrypted. */
export const addPlaintextColumn = ({ adminUrl }: BenchInstallation): Promise<void> =>
	asAdministrator(adminUrl, async (sql) => {
		await sql`alter table notes add column body_plain text`;
		await sql`grant select, update (body_plain) on notes to firmseal_maintenance`;
		await sql`
			insert into column_moves (coordinate, table_name, from_column, to_column, phase)
			values (${MOVED_COLUMN.coordinate}, ${MOVED_COLUMN.table}, ${MOVED_COLUMN.from}, ${MOVED_COLUMN.to}, 'EXPANDED')`;
	});

/** Stores the plaintext of every note again, and deletes the ciphertext. */
export const resetToPlaintext = ({ adminUrl }: BenchInstallation): Promise<void> =>
	asAdministrator(adminUrl, async (sql) => {
		await sql`set session_replication_role = replica`;
		await sql`update notes set body_plain = ${TEXT}, body = null`;
		await sql`vacuum analyze notes`;
	});
