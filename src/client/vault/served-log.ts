import {
	extendKeyLog,
	isCommittedName,
	type KeyLog,
	KeyLogError,
	type ReadEntry,
	readEntry,
	type SaltedName,
} from '../../custody/index.ts';
import { requireFreshByTrusted } from './checkpoint-keys.ts';
import { changedChunks } from './kept-log.ts';
import { LogTree } from './log-tree.ts';
import type { BelievedLog, KeptState, KnownName, Session } from './session.ts';
import { VaultError } from './vault-error.ts';

/** What the service says about the key log. */
export interface ServedLog {
	/** Texts of entries in their order: from any entry up to the one after the last that the device has, up to the newest. */
	readonly entries: readonly string[];
	readonly names: readonly SaltedName[];
	/** Of exactly the log with these entries. Null to read only: nothing can be sealed, wrapped or signed afterwards. */
	readonly checkpoint: string | null;
	/** The service's keys for checkpoints of this log. A device that trusts some already uses those alone. */
	readonly vkeys: readonly string[];
}

export interface ExtendedLog {
	readonly size: number;
	readonly head: string;
	/** Whether the device may seal, wrap and sign, for ten minutes. */
	readonly isFresh: boolean;
	/** People whose served name is not the one that an owner entered. It is not shown. */
	readonly falseNames: readonly string[];
}

/** The served log, verified, not yet believed. */
export interface CheckedLog extends BelievedLog {
	/** When its checkpoint was made; null without one. */
	readonly time: number | null;
	/** Vkeys to trust from now on. */
	readonly checkpointKeys: readonly string[];
	readonly names: ReadonlyMap<string, KnownName>;
	readonly falseNames: readonly string[];
}

/**
 * The log that continues `before`, by every rule of the format. Nothing is believed or kept.
 * @throws VaultError `log-…`, FreshnessError
 */
export async function verifyServed(
	session: Session,
	before: BelievedLog | null,
	served: ServedLog,
): Promise<CheckedLog> {
	const { parts, stored, names: known } = session;
	const { log, added } = await continued(before?.log ?? null, served.entries);
	if (log === null) throw new VaultError('log-shorter');
	if (log.firm !== stored.firm) throw new VaultError('log-other');
	// A device that has a log learns even so what the firm trusts by now.
	if (before === null) session.requireTrusted(log);
	const tree = await (before?.tree ?? new LogTree()).grown(added);
	const { names, falseNames } = await namesOf(log, known, served.names);
	const { checkpointKeys } = session.state;
	if (served.checkpoint === null) return { log, tree, time: null, checkpointKeys, names, falseNames };
	const { installation, firm, size } = log;
	const of = { installation, firm, subLog: null, size, root: await tree.root(), now: parts.clock.now() };
	const fresh = await requireFreshByTrusted({ note: served.checkpoint, vkeys: served.vkeys, ...of }, checkpointKeys);
	return { log, tree, ...fresh, names, falseNames };
}

/** Believes a verified log: keeps it durably first. */
export async function believe(
	session: Session,
	verified: CheckedLog,
	changes: Partial<KeptState> = {},
): Promise<ExtendedLog> {
	const { log, tree, time, checkpointKeys, falseNames } = verified;
	const from = session.believed?.log.size ?? 0;
	const names = currentNames(log, new Map([...session.names, ...verified.names]));
	const isRenamed =
		names.size !== session.names.size || [...names].some(([id, name]) => session.names.get(id) !== name);
	const notices = withNew(session.state.notices, log, session.parts.clock.now());
	const state = { genesis: log.genesis, size: log.size, head: log.head, notices, checkpointKeys, ...changes };
	const isPinned = session.state.checkpointKeys.length < checkpointKeys.length;
	const isGrown = session.state.head !== log.head || isPinned || Object.keys(changes).length > 0;
	if (isGrown || isRenamed) {
		const renamed = isRenamed ? { names: [...names] } : {};
		await session.keep(state, { ...changedChunks(log, from), ...renamed });
	}
	session.believed = { log, tree };
	session.names = names;
	session.freshAt = time;
	return { size: log.size, head: log.head, isFresh: time !== null, falseNames };
}

async function continued(
	before: KeyLog | null,
	texts: readonly string[],
): Promise<{ log: KeyLog | null; added: readonly string[] }> {
	let log = before;
	const added: string[] = [];
	let last: number | null = null;
	for (const text of texts) {
		const read = await readServed(text);
		const { seq } = read.entry;
		// A service that leaves out, repeats or reorders entries.
		if ((last !== null && seq !== last + 1) || seq > (log?.size ?? 0)) throw new VaultError('log-gap');
		last = seq;
		const known = before?.chain.at(seq);
		if (known === undefined) {
			log = await extended(log, read);
			added.push(text);
		} else if (known.hash !== read.hash) throw new VaultError('log-forked');
	}
	// What was served ends before the last entry that the device has.
	if (before !== null && last !== null && last < before.size - 1) throw new VaultError('log-shorter');
	return { log, added };
}

async function readServed(text: string): Promise<ReadEntry> {
	try {
		return await readEntry(text);
	} catch (error) {
		throw error instanceof KeyLogError ? new VaultError('log-refused', { cause: error }) : error;
	}
}

async function extended(log: KeyLog | null, read: ReadEntry): Promise<KeyLog> {
	try {
		return await extendKeyLog(log, read);
	} catch (error) {
		if (!(error instanceof KeyLogError)) throw error;
		// The entry is at the place of the next one, so it follows another history.
		const isFork = error.rule === 'order' || (log === null && error.rule === 'beginning');
		throw new VaultError(isFork ? 'log-forked' : 'log-refused', { cause: error });
	}
}

async function namesOf(log: KeyLog, known: ReadonlyMap<string, KnownName>, served: readonly SaltedName[]) {
	const names = new Map<string, KnownName>();
	const falseNames: string[] = [];
	for (const { person, name, salt } of served) {
		const hash = log.people.get(person)?.name;
		const before = known.get(person);
		if (before?.hash === hash && before?.name === name && before.salt === salt) continue;
		if (hash !== undefined && (await isCommittedName(log.firm, { person, name, salt }, hash))) {
			names.set(person, { person, name, salt, hash });
		} else falseNames.push(person);
	}
	return { names, falseNames };
}

/** Only the names that people have now. */
function currentNames(log: KeyLog, names: ReadonlyMap<string, KnownName>): ReadonlyMap<string, KnownName> {
	return new Map([...names].filter(([person, { hash }]) => log.people.get(person)?.name === hash));
}

/** Also a notice whose entry was kept before, if the process ended before this was. */
function withNew(seen: KeptState['notices'], log: KeyLog, now: number): KeptState['notices'] {
	return { ...Object.fromEntries([...log.notices.keys()].map((seq) => [seq, now])), ...seen };
}
