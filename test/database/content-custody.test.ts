import { createHash, randomBytes } from 'node:crypto';
import type { TransactionSql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { untilBlocked } from '../support/blocked.ts';
import { LOGINS } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import {
	addNote,
	codeOf,
	envelopeOf,
	type Firm,
	makeTwoFirms,
	NO_PRIVILEGE,
	NOT_IN_SHAPE,
	type TwoFirms,
} from './two-firms.ts';

/** A value in another custody than its class, and a class that cannot change its custody now. */
const [OTHER_CUSTODY, CLASS_IN_USE] = ['FS004', 'FS005'];

let firms: TwoFirms;
beforeAll(async () => {
	firms = await makeTwoFirms(embedded);
});
afterAll(() => firms?.close());

/** Bytes with the shape of an envelope of a device. */
const deviceEnvelopeOf = (firm: string): Buffer =>
	Buffer.concat([
		Buffer.from('f50200000001', 'hex'),
		createHash('sha256').update(firm).digest().subarray(0, 4),
		randomBytes(65),
	]);
const MAC = Buffer.alloc(36);

const logged = (firm: string, className: string, custody: string) =>
	logEntry(firm, 'custody.set', { class: className, custody });

/** Appends an entry to the firm's log as an administrator, who skips its rules, and returns its number. */
async function logEntry(firm: string, kind: string, body: Record<string, unknown>): Promise<number> {
	const [last] =
		await firms.admin`select seq, hash from key_log_entries where firm_id = ${firm} order by seq desc limit 1`;
	const seq = last ? last.seq + 1 : 0;
	const leaf = JSON.stringify({ body, firm, kind, prev: last?.hash ?? '0'.repeat(64), seq });
	await firms.admin`insert into key_log_entries (firm_id, seq, leaf) values (${firm}, ${seq}, ${leaf})`;
	return seq;
}

const setCustody = (tx: TransactionSql, firm: string, className: string, custody: string, seq: number) =>
	tx`insert into firm_custody (firm_id, class, custody, seq, mac) values (${firm}, ${className}, ${custody}, ${seq}, ${MAC})
		on conflict (firm_id, class) do update set custody = ${custody}, seq = ${seq}, mac = ${MAC}`;

const insertNote = (
	tx: TransactionSql,
	{ id: firm, author }: Firm,
	{ title, stamp = null }: { readonly title: Buffer | null; readonly stamp?: string | null },
	id = uuidv7(),
) =>
	tx`insert into notes (firm_id, id, author_id, title, stamp) values (${firm}, ${id}, ${author}, ${title}, ${stamp})`;

async function emptied(firm: Firm): Promise<void> {
	await firms.admin`delete from notes where firm_id = ${firm.id}`;
}
/** Ends the custody of all classes, as an administrator. */
const reset = () => firms.admin`delete from firm_custody`;

describe('content of a class in the firm’s own custody', () => {
	it('is only what devices have sealed, with a stamp, whichever role writes it', async () => {
		const { north, admin } = firms;
		await emptied(north);
		const seq = await logged(north.id, 'NOTE', 'FIRM');
		await firms.as('firm', north.id, (tx) => setCustody(tx, north.id, 'NOTE', 'FIRM', seq));
		const id = uuidv7();
		const sealed = deviceEnvelopeOf(north.id);
		const as = (work: (tx: TransactionSql) => Promise<unknown>) => codeOf(firms.as('firm', north.id, work));
		const insert = (title: Buffer | null, stamp: string | null, key = uuidv7()) =>
			as((tx) => insertNote(tx, north, { title, stamp }, key));
		const update = (changes: string) =>
			as((tx) => tx.unsafe(`update notes set ${changes}, revision = revision + 1 where id = '${id}'`));
		const hex = (bytes: Buffer) => `'\\x${bytes.toString('hex')}'`;

		expect(await insert(sealed, '{"a":1}', id)).toBe('done');
		expect(await insert(null, '{}')).toBe('done');
		expect(await insert(envelopeOf(north.id), '{}')).toBe(OTHER_CUSTODY);
		expect(await insert(null, null)).toBe(OTHER_CUSTODY);
		// The table itself refuses a device's value without a stamp, and stamps that are no printable text.
		expect(await insert(sealed, null)).toBe(NOT_IN_SHAPE);
		expect(await insert(sealed, 'ü')).toBe(NOT_IN_SHAPE);
		expect(await insert(deviceEnvelopeOf(firms.harbour.id), '{}')).toBe(NOT_IN_SHAPE);
		expect(await insert(sealed.subarray(0, 74), '{}')).toBe(NOT_IN_SHAPE);

		const other = hex(deviceEnvelopeOf(north.id));
		expect(await update('deleted_at = null')).toBe('done');
		expect(await update(`title = ${other}, stamp = '{"b":1}'`)).toBe('done');
		expect(await update(`title = ${hex(deviceEnvelopeOf(north.id))}`)).toBe(OTHER_CUSTODY);
		expect(await update('title = null')).toBe(OTHER_CUSTODY);
		expect(await update(`title = ${hex(envelopeOf(north.id))}, stamp = '{"c":1}'`)).toBe(OTHER_CUSTODY);
		expect(await update('title = null, stamp = null')).toBe(OTHER_CUSTODY);
		expect(await codeOf(addNote(admin, north))).toBe(OTHER_CUSTODY);
		// A tombstone has no stamp, also if the statement does not name it, as a job that erases may not.
		expect(await update('title = null, deleted_at = now()')).toBe('done');
		expect((await admin`select stamp from notes where id = ${id}`)[0]).toEqual({ stamp: null });

		// Neither another isolation level nor session_replication_role helps.
		const repeatable = firms.installation.signIn('firm').begin('isolation level repeatable read', async (tx) => {
			await tx`select set_config('role', 'firmseal_firm', true), set_config('firmseal.firm', ${north.id}, true)`;
			await insertNote(tx, north, { title: envelopeOf(north.id) });
		});
		expect(await codeOf(repeatable)).toBe(NO_PRIVILEGE);
		const replica = admin.begin(async (tx) => {
			await tx`set local session_replication_role = replica`;
			await insertNote(tx, north, { title: envelopeOf(north.id) });
		});
		expect(await codeOf(replica)).toBe(OTHER_CUSTODY);
		await reset();
	});

	it('is refused where the platform seals', async () => {
		const { harbour } = firms;
		const work = (title: Buffer | null) =>
			codeOf(firms.as('firm', harbour.id, (tx) => insertNote(tx, harbour, { title, stamp: '{}' })));
		expect(await work(deviceEnvelopeOf(harbour.id))).toBe(OTHER_CUSTODY);
		expect(await work(null)).toBe(OTHER_CUSTODY);
		const change = firms.as('firm', harbour.id, (tx) => tx`update notes set stamp = '{}' where id = ${harbour.note}`);
		expect(await codeOf(change)).toBe(OTHER_CUSTODY);
	});

	it('gets no data key of the platform', async () => {
		const { north, admin } = firms;
		await emptied(north);
		const seq = await logged(north.id, 'NOTE', 'FIRM');
		await firms.as('firm', north.id, (tx) => setCustody(tx, north.id, 'NOTE', 'FIRM', seq));
		const key = admin`insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id, sealed)
			values (${north.id}, 'NOTE', 1, 'ACTIVE', ${randomBytes(60)}, ${randomBytes(32)}, 'k', 0)`;
		expect(await codeOf(key)).toBe(OTHER_CUSTODY);
		await reset();
	});

	it('gets no version number of the platform that a key of the firm’s devices has', async () => {
		const { harbour, admin } = firms;
		const latest = async () =>
			(await admin`select public.latest_key_version(${harbour.id}, 'BILLING')::int as version`)[0]?.version as number;
		const byDevice = (await latest()) + 1;
		await logEntry(harbour.id, 'key.generate', { class: 'BILLING', version: byDevice });
		const insert = (version: number) =>
			codeOf(
				firms.as(
					'firm',
					harbour.id,
					(tx) => tx`insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id, sealed)
						values (${harbour.id}, 'BILLING', ${version}, 'ACTIVE', ${randomBytes(60)}, ${randomBytes(32)}, 'k', 0)`,
				),
			);
		expect(await insert(byDevice)).toBe('23505');
		expect(await insert(byDevice + 1)).toBe('done');
		expect(await latest()).toBe(byDevice + 1);
	});

	it('shows its stamps to no operator', async () => {
		const read = (column: string) =>
			codeOf(firms.as('operator', null, (tx) => tx.unsafe(`select ${column} from notes limit 1`)));
		expect(await read('revision')).toBe('done');
		expect(await read('stamp')).toBe(NO_PRIVILEGE);
		expect(await read('*')).toBe(NO_PRIVILEGE);
		const broker = firms.as('broker', null, (tx) => tx`select stamp from notes`);
		expect(await codeOf(broker)).toBe(NO_PRIVILEGE);
	});
});

describe('a change of custody', () => {
	it('to the firm needs a class without content, whichever values it has', async () => {
		const { harbour } = firms;
		const seq = await logged(harbour.id, 'NOTE', 'FIRM');
		const take = () => codeOf(firms.as('firm', harbour.id, (tx) => setCustody(tx, harbour.id, 'NOTE', 'FIRM', seq)));
		expect(await take()).toBe(CLASS_IN_USE);
		await firms.admin`update notes set title = null, body = null where firm_id = ${harbour.id}`;
		expect(await take()).toBe(CLASS_IN_USE);
		await firms.admin`update notes set deleted_at = now() where firm_id = ${harbour.id}`;
		expect(await take()).toBe('done');
		await reset();
	});

	it('waits for a plain value that is being stored, and then refuses', async () => {
		const { harbour } = firms;
		await emptied(harbour);
		const seq = await logged(harbour.id, 'NOTE', 'FIRM');
		const stored = Promise.withResolvers<void>();
		const commit = Promise.withResolvers<void>();
		const writer = firms.as('firm', harbour.id, async (tx) => {
			await insertNote(tx, harbour, { title: envelopeOf(harbour.id) });
			stored.resolve();
			await commit.promise;
		});
		await stored.promise;
		const taker = codeOf(firms.as('firm', harbour.id, (tx) => setCustody(tx, harbour.id, 'NOTE', 'FIRM', seq)));
		await untilBlocked(firms.admin, LOGINS.firm);
		commit.resolve();
		await writer;
		expect(await taker).toBe(CLASS_IN_USE);
	});

	it('makes a plain value wait that was sealed before it, and then refuses the value', async () => {
		const { harbour } = firms;
		await emptied(harbour);
		const seq = await logged(harbour.id, 'NOTE', 'FIRM');
		const taken = Promise.withResolvers<void>();
		const commit = Promise.withResolvers<void>();
		const taker = firms.as('firm', harbour.id, async (tx) => {
			await setCustody(tx, harbour.id, 'NOTE', 'FIRM', seq);
			taken.resolve();
			await commit.promise;
		});
		await taken.promise;
		const writer = codeOf(
			firms.as('firm', harbour.id, (tx) => insertNote(tx, harbour, { title: envelopeOf(harbour.id) })),
		);
		await untilBlocked(firms.admin, LOGINS.firm);
		commit.resolve();
		await taker;
		expect(await writer).toBe(OTHER_CUSTODY);
		await reset();
	});
});
