import { MAX_CLASSES } from '../bodies.ts';
import type { KeyLogEntry, KeyLogKind } from '../entry.ts';
import type { KeyLog, LogDevice, LogPerson } from '../key-log.ts';
import { KeyLogError } from '../key-log-error.ts';

/** What an entry changes in the state of its log. */
export type LogChange = Partial<
	Omit<KeyLog, 'firm' | 'installation' | 'genesis' | 'size' | 'head' | 'chain' | 'lastAgreed'>
>;

/**
 * Decides on an entry whose signature verifies: whether `signer` may sign this kind, and the log allows this body. Agreements and stale
 * versions are left to extendKeyLog(). Throws KeyLogError.
 */
export type LogRule<K extends KeyLogKind> = (
	log: KeyLog,
	entry: KeyLogEntry<K>,
	signer: LogDevice,
) => LogChange | Promise<LogChange>;

/** @throws KeyLogError unless the device is an OWNER's, of kind DEVICE */
export function requireOwner(log: KeyLog, signer: LogDevice, seq: number): void {
	if (log.people.get(signer.person)?.role !== 'OWNER') throw new KeyLogError('owner', seq);
}

/** A person who is in the log now. */
export function requirePerson(log: KeyLog, person: string, seq: number): LogPerson {
	const found = log.people.get(person);
	if (!found || found.role === null) throw new KeyLogError('person-unknown', seq);
	return found;
}

/** The names of all classes that the log has named, with these. */
export function namedWith(log: KeyLog, names: readonly string[], seq: number): ReadonlySet<string> {
	if (names.every((name) => log.namedClasses.has(name))) return log.namedClasses;
	const named = new Set([...log.namedClasses, ...names]);
	if (named.size > MAX_CLASSES) throw new KeyLogError('class-limit', seq);
	return named;
}

/** A copy of `map` in which `key` has the value. */
export const withEntry = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V): Map<K, V> => new Map(map).set(key, value);

/** A copy of the devices in which these are revoked from the entry `seq` on. */
export function withoutDevices(
	devices: ReadonlyMap<string, LogDevice>,
	ended: readonly LogDevice[],
	seq: number,
): Map<string, LogDevice> {
	const changed = new Map(devices);
	for (const device of ended) changed.set(device.id, { ...device, revoked: seq });
	return changed;
}
