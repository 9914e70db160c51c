import { once } from 'node:events';
// biome-ignore lint/correctness/noUndeclaredDependencies: the project has it; bench/package.json is for peers only.
import { parse, v7 } from 'uuid';
import { createNodeAead } from '../../src/adapters/aead-node/index.ts';
import { createSchema } from '../../src/api/index.ts';
import { systemClock } from '../../src/clock/clock.ts';
import { createDataKeyStore } from '../../src/database/index.ts';
import { encodeValue, sealPayload } from '../../src/envelope/index.ts';
import { createDataKeys } from '../../src/keys/index.ts';
import { openKeyring, openPlaneOf } from '../../src/wiring/index.ts';
import { asAdministrator, type BenchInstallation } from '../installation.ts';
import { COPY_END, COPY_START, copyRow } from './copy-rows.ts';

/** Of the database a note's body has 1 KB, in blocks of 256 bytes as the schema pads it. */
export const TEXT = 'Dear Ms Ames, '.repeat(80).slice(0, 1_000);
const PAD = 256;
/** Rows that are sealed and sent at once. */
const TOGETHER = 1_000;

/**
 * Notes with a body of 1 KB and no title, sealed under the ACTIVE version and bound to their rows as every value is; put in by COPY, since
 * no use case writes so many.
 */
export async function writeNotes(
	{ config, database, firm, member, settings }: BenchInstallation,
	count: number,
	signal: AbortSignal,
): Promise<void> {
	const plane = openPlaneOf(database, 'firmseal_firm', 1);
	try {
		const aead = createNodeAead();
		const dataKeys = createDataKeys({
			keyring: await openKeyring(config, 'firm'),
			store: createDataKeyStore(plane),
			aead,
			fields: createSchema().registry.fields,
			ttlSeconds: 3600,
			maxKeys: 10,
			clock: systemClock,
		});
		const payload = encodeValue('String', TEXT, PAD);
		const [firmBytes, author] = [parse(firm), parse(member.user)];
		await asAdministrator(settings.FIRMSEAL_ADMIN_DATABASE_URL ?? '', async (sql) => {
			// The rows they refer to are there: looking for them again, once for each row, takes a fifth of the time.
			await sql`set session_replication_role = replica`;
			const copy = await sql`copy notes (firm_id, id, author_id, body) from stdin (format binary)`.writable();
			copy.write(COPY_START);
			for (let at = 0; at < count; at += TOGETHER) {
				signal.throwIfAborted();
				const rows = Math.min(TOGETHER, count - at);
				const key = (await dataKeys.loadSealingKey(firm, 'NOTE', rows)).field('notes', 'body');
				const sealed = Array.from({ length: rows }, () => {
					const id = v7();
					return copyRow([firmBytes, parse(id), author, sealPayload(aead, key, id, payload)]);
				});
				if (!copy.write(Buffer.concat(sealed))) await once(copy, 'drain', { signal });
			}
			copy.end(COPY_END);
			await once(copy, 'finish', { signal });
			await sql`vacuum analyze notes`;
		});
	} finally {
		await plane.close();
	}
}
