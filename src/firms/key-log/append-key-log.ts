import { custodyStatement, type FirmRole } from '../../access/index.ts';
import {
	extendKeyLog,
	inWords,
	type KeyLog,
	type KeyWrap,
	parseWrap,
	type ReadEntry,
	readEntry,
} from '../../custody/index.ts';
import {
	holdKeyLog,
	insertCustodyWraps,
	insertKeyLogEntry,
	insertKeyLogNames,
	insertRecoveryShares,
	isRequestLimitExceeded,
	setFirmCustody,
	type Transaction,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { ActingMember, RequestServices } from '../acting-member.ts';
import { checkEntry, checkGeneratedKeys, type LogActor, personsOf } from './append-rules.ts';
import { checkNames, type GivenName } from './names.ts';
import { checkShares, type GivenShare } from './shares.ts';
import { checkWraps, rowOfWrap } from './wraps.ts';

/** Everything that one request adds: all of it, or nothing. */
export interface KeyLogInput {
	/** Texts of the next entries, in their order. */
	readonly entries: readonly string[];
	/** Texts of wraps. */
	readonly wraps: readonly string[];
	/** The names to which the entries commit. */
	readonly names: readonly GivenName[];
	readonly shares: readonly GivenShare[];
}

/**
 * Appends entries to the key log of the member's firm, after the rules of the log and those that the service adds
 * (src/custody/FORMAT.md, sections 4 to 6). Each entry gets an audit entry in the same transaction.
 * @throws FirmsealError BAD_USER_INPUT, FORBIDDEN, CONFLICT if another entry was appended first, RATE_LIMITED, KEY_UNAVAILABLE,
 * AUDIT_UNAVAILABLE
 */
export async function appendKeyLog(
	services: RequestServices,
	acting: ActingMember,
	role: FirmRole,
	input: KeyLogInput,
): Promise<KeyLog> {
	const { keyLogs, plane } = services;
	const { firm, user } = acting;
	const entries = await Promise.all(input.entries.map(readStorable));
	for (const { entry } of entries)
		if (entry.firm !== firm)
			throw new FirmsealError('BAD_USER_INPUT', 'An entry belongs to another firm: sign it for your own.');
	const wraps = input.wraps.map(parseWrap);
	// Before a transaction is open, because keys may have to be fetched and older entries verified.
	const proofs = await proveCustodies(services, firm, entries);
	await keyLogs.read(firm);
	const append = async (tx: Transaction): Promise<KeyLog> => {
		await holdKeyLog(tx);
		const before = await keyLogs.readIn(tx, firm);
		const log = await appendEach(services, acting, { tx, before, entries, actor: { user, role } });
		if (log === null) throw new FirmsealError('BAD_USER_INPUT', 'The request has no entry: send at least one.');
		await checkWraps(log, user, wraps);
		checkGeneratedKeys(log, entries, wraps);
		await insertKeyLogNames(tx, await checkNames(firm, entries, input.names));
		await insertCustodyWraps(tx, rowsOf(firm, wraps, input.wraps));
		await insertRecoveryShares(tx, checkShares(log, user, input.shares));
		for (const proof of proofs) await setFirmCustody(tx, proof);
		await recordEach(services, acting, log, entries);
		return log;
	};
	const appended = await plane.write(firm, append).catch(toRateLimit);
	keyLogs.remember(appended);
	return appended;
}

function toRateLimit(error: unknown): never {
	if (!isRequestLimitExceeded(error)) throw error;
	throw new FirmsealError(
		'RATE_LIMITED',
		'The key log of the firm has got too many entries within a minute: try again in a minute.',
	);
}

interface Appending {
	readonly tx: Transaction;
	readonly before: KeyLog | null;
	readonly entries: readonly ReadEntry[];
	readonly actor: LogActor;
}

/** Each entry is checked against the log and the database with all entries before it. */
async function appendEach(
	services: RequestServices,
	{ firm }: ActingMember,
	{ tx, before, entries, actor }: Appending,
): Promise<KeyLog | null> {
	let log = before;
	for (const read of entries) {
		const next = await inWords(extendKeyLog(log, read));
		await checkEntry({ tx, keyLogs: services.keyLogs, before: log, after: next, entry: read.entry, actor });
		await insertKeyLogEntry(tx, { firm, seq: read.entry.seq, text: read.text });
		log = next;
	}
	return log;
}

/**
 * After everything that can refuse the request: the audit log names an entry before the key log has it, and a verification reports one that
 * the key log never got.
 */
async function recordEach(
	{ content }: RequestServices,
	{ firm, session }: ActingMember,
	log: KeyLog,
	entries: readonly ReadEntry[],
): Promise<void> {
	for (const { entry, hash } of entries)
		await content.record(session, { action: 'key-log.append', firm, records: personsOf(log, entry), hash });
}

/** The database stores ASCII without escaped zeros. @throws KeyLogError, FirmsealError BAD_USER_INPUT */
async function readStorable(text: string): Promise<ReadEntry> {
	const read = await inWords(readEntry(text));
	if (/^[ -~]*$/.test(text) && !text.includes('\\u0000')) return read;
	throw new FirmsealError('BAD_USER_INPUT', 'An entry has characters outside ASCII: write its text without them.');
}

const rowsOf = (firm: string, wraps: readonly KeyWrap[], texts: readonly string[]) =>
	wraps.map((wrap, at) => rowOfWrap(firm, wrap, texts[at] as string));

function proveCustodies({ rights }: RequestServices, firm: string, entries: readonly ReadEntry[]) {
	return Promise.all(
		entries.flatMap(({ entry: { kind, body, seq } }) =>
			kind === 'custody.set'
				? [
						rights
							.prove(firm, custodyStatement({ firm, seq, ...body }))
							.then((mac) => ({ firmId: firm, seq, mac, ...body })),
					]
				: [],
		),
	);
}
