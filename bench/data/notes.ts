import { v7 } from 'uuid';
import { createNodeAead } from '../../src/adapters/aead-node/index.ts';
import { encodeValue, sealPayload } from '../../src/envelope/index.ts';
import { openPlaneOf } from '../../src/wiring/index.ts';
import { openDataKeys } from './data-keys.ts';
import { asAdministrator, type BenchInstallation } from './installation.ts';

/** 1,000 bytes, which the schema pads to 1 KB. */
export const TEXT = 'Dear Ms Ames, '.repeat(80).slice(0, 1_000);
/** The padding of Note.body in the schema. */
const PAD = 256;
/** Rows per statement. */
const BATCH = 1_000;

/**
 * Adds notes with a body of 1 KB and no title. They are sealed under the ACTIVE version and bound to their rows as every value is, and
 * inserted by SQL because no use case writes so many rows.
 */
export async function writeNotes(
	{ config, database, firm, member, adminUrl }: BenchInstallation,
	count: number,
	signal: AbortSignal,
): Promise<void> {
	const plane = openPlaneOf(database, 'firmseal_firm', 1);
	try {
		const aead = createNodeAead();
		const dataKeys = await openDataKeys(config, plane);
		const payload = encodeValue('String', TEXT, PAD);
		await asAdministrator(adminUrl, async (sql) => {
			// Checking the foreign keys of each row would take a fifth of the time.
			await sql`set session_replication_role = replica`;
			for (let at = 0; at < count; at += BATCH) {
				signal.throwIfAborted();
				const ids = Array.from({ length: Math.min(BATCH, count - at) }, () => v7());
				const key = (await dataKeys.loadSealingKey(firm, 'NOTE', ids.length)).field('notes', 'body');
				const bodies = ids.map((id) => Buffer.from(sealPayload(aead, key, id, payload)).toString('hex'));
				await sql`
					insert into notes (firm_id, id, author_id, body) select ${firm}::uuid, id, ${member.user}::uuid, decode(body, 'hex')
					from unnest(${ids}::uuid[], ${bodies}::text[]) as note (id, body)`;
			}
			await sql`vacuum analyze notes`;
		});
	} finally {
		await plane.close();
	}
}
