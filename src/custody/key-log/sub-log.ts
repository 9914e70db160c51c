import { recordKey, type SharedRecord } from './bodies.ts';
import type { SubLogEntry } from './entry.ts';
import type { Marks } from './history.ts';
import type { KeyLog, VerifiedLog } from './key-log.ts';
import { isActiveNow } from './queries.ts';

export type SubLogRole = 'STAFF' | 'CLIENT';

export interface SubLogPerson {
	readonly role: SubLogRole;
	/** Commitment to the name. FORMAT.md, section 4. */
	readonly name: string;
}

export interface SubLogDevice {
	readonly id: string;
	readonly person: string;
	/** Public keys, in base64. */
	readonly exchange: string;
	readonly signing: string;
	/** Id of the device that signed the entry. */
	readonly addedBy: string;
	readonly added: number;
	/** The `seq` of the entry from which on it is not active; null while it is. */
	readonly revoked: number | null;
}

/** A verified sub-log, of one portal client. It never changes: extendSubLog() makes another one. FORMAT.md, section 4. */
export interface SubLog extends VerifiedLog<SubLogEntry> {
	/** Id of the sub-log. */
	readonly log: string;
	readonly people: ReadonlyMap<string, SubLogPerson>;
	readonly devices: ReadonlyMap<string, SubLogDevice>;
	/** Every class that an entry has named. */
	readonly namedClasses: ReadonlySet<string>;
	/** Beginnings and ends of shares, in turn. */
	readonly shares: Marks;
}

/** Whether the sub-log shared the record after the entry with this hash. False for a hash that it does not have. */
export function isShared(log: SubLog, record: Pick<SharedRecord, 'table' | 'row'>, head: string = log.head): boolean {
	const at = log.chain.seqOf(head);
	return at !== undefined && log.shares.of(recordKey(record), at).length % 2 === 1;
}

/** Whether the device was active in the sub-log after the entry with this hash. */
export function isSubLogDevice(log: SubLog, device: string, head: string = log.head): boolean {
	const at = log.chain.seqOf(head);
	const known = log.devices.get(device);
	if (at === undefined || known === undefined) return false;
	return known.added <= at && (known.revoked === null || known.revoked > at);
}

/** The active devices of the sub-log: who needs a wrap of each shared record's key, and who may sign. */
export const subLogDevices = (log: SubLog, role: SubLogRole): SubLogDevice[] =>
	[...log.devices.values()].filter(({ person, revoked }) => revoked === null && log.people.get(person)?.role === role);

/**
 * The ids of staff devices of the sub-log that are not active, with the same keys and person, in the firm's log. A device of the firm
 * revokes them before it trusts the sub-log.
 */
export function strangersAmongStaff(subLog: SubLog, log: KeyLog): string[] {
	return subLogDevices(subLog, 'STAFF')
		.filter(({ id, person }) => log.devices.get(id)?.person !== person || !isActiveNow(log, id))
		.map(({ id }) => id)
		.sort();
}
