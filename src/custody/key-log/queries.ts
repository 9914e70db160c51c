import { recordKey, type SharedRecord } from './bodies.ts';
import type { CustodyState, KeyLog, LogDevice, LogRole, LogWay, Since } from './key-log.ts';

/*
 * An `at` is the `seq` of an entry: the answer is that after this entry. By default it is the last one.
 */

/** Whether the device was active after the entry. */
export const isActive = (device: LogDevice, at: number): boolean =>
	device.added <= at && (device.revoked === null || device.revoked > at);

/** Whether the log has the device, and it is active now. */
export const isActiveNow = (log: KeyLog, device: string): boolean => log.devices.get(device)?.revoked === null;

/** The role of a person after the entry; null if the person had none. */
export const roleOf = (log: KeyLog, person: string, at = lastOf(log)): LogRole | null =>
	valueAt(log.people.get(person)?.roles, at) ?? null;

/** The ids of the OWNERs. */
export const ownersOf = (log: KeyLog): string[] =>
	[...log.people].filter(([, { role }]) => role === 'OWNER').map(([id]) => id);

/** The active devices of a person, of kind DEVICE. */
export const devicesOf = (log: KeyLog, person: string): LogDevice[] =>
	[...log.devices.values()].filter(
		(device) => device.person === person && device.kind === 'DEVICE' && device.revoked === null,
	);

/** The ways by which a person can still add a device: a recovery key that has added one is none. */
export const usableWaysOf = (log: KeyLog, person: string): LogWay[] =>
	(log.people.get(person)?.ways ?? []).filter(({ id }) => log.devices.get(id)?.isUsed === false);

/**
 * Whether the device was entitled to the class after the entry with this hash (FORMAT.md, section 5). False for a device, or a hash,
 * that the log does not have.
 */
export function isEntitled(log: KeyLog, device: string, className: string, head: string = log.head): boolean {
	const at = log.chain.seqOf(head);
	const known = log.devices.get(device);
	return at !== undefined && known !== undefined && isEntitledAt(log, known, className, at);
}

/** The devices that are entitled to the class: who needs a wrap of its newest version. RECOVERY devices of OWNERs are among them. */
export const entitledDevices = (log: KeyLog, className: string, at = lastOf(log)): LogDevice[] =>
	[...log.devices.values()].filter((device) => isEntitledAt(log, device, className, at));

export function isEntitledAt(log: KeyLog, device: LogDevice, className: string, at: number): boolean {
	if (!isActive(device, at)) return false;
	const role = roleOf(log, device.person, at);
	return role === 'OWNER' || (role === 'MEMBER' && membersRead(log, className, at));
}

function membersRead(log: KeyLog, className: string, at: number): boolean {
	const classes = valueAt(log.memberClasses, at) ?? null;
	return classes === null || classes.includes(className);
}

/** The custody of a class. A class that the log does not have is in PLATFORM custody. */
export const custodyOf = (log: KeyLog, className: string, at = lastOf(log)): CustodyState =>
	valueAt(log.classes.get(className)?.custodies, at) ?? 'PLATFORM';

/** The version under which clients seal and wrap: the newest, unless it is stale or there is none; then null. */
export function writableVersion(log: KeyLog, className: string): number | null {
	const newest = newestVersion(log, className);
	const version = log.classes.get(className)?.versions.get(newest);
	return version?.stale === null && version.retired === null ? newest : null;
}

/** The newest version of a class; 0 if there is none. */
export const newestVersion = (log: KeyLog, className: string): number =>
	[...(log.classes.get(className)?.versions.keys() ?? [])].at(-1) ?? 0;

/** The generation of a record: of a message, that of its thread. */
export const generationOf = (log: KeyLog, table: string, row: string, at = lastOf(log)): number =>
	generationsOf(log, table, row, at).at(-1) as number;

/** Every generation that a record has had, ascending, 0 first: an envelope that has another one is forged. */
export const generationsOf = (log: KeyLog, table: string, row: string, at = lastOf(log)): readonly number[] => [
	0,
	...log.generations.of(recordKey({ table, row }), at),
];

/** A wrap of a data key, as far as the log decides about it. Its signature is checked elsewhere. */
export interface LoggedWrap {
	readonly class: string;
	readonly version: number;
	/** Device ids. */
	readonly recipient: string;
	readonly wrapper: string;
	/** Hash of an entry. */
	readonly head: string;
}

/**
 * Whether the log allows a wrap (FORMAT.md, section 3): its head is at or after the version's entry, wrapper and recipient are entitled
 * there, and a RECOVERY device wraps only for its own person.
 */
export function allowsWrap(log: KeyLog, wrap: LoggedWrap): boolean {
	const at = log.chain.seqOf(wrap.head);
	const version = log.classes.get(wrap.class)?.versions.get(wrap.version);
	const wrapper = log.devices.get(wrap.wrapper);
	const recipient = log.devices.get(wrap.recipient);
	if (at === undefined || !version || !wrapper || !recipient || at < version.generated) return false;
	if (wrapper.kind === 'RECOVERY' && wrapper.person !== recipient.person) return false;
	return isEntitledAt(log, wrapper, wrap.class, at) && isEntitledAt(log, recipient, wrap.class, at);
}

/** The ids of the devices that are entitled to the class and for which `wraps` has no wrap of the version that the log allows. */
export function missingWraps(
	log: KeyLog,
	className: string,
	version: number,
	wraps: Iterable<LoggedWrap>,
): readonly string[] {
	const missing = new Set(entitledDevices(log, className).map(({ id }) => id));
	for (const wrap of wraps) {
		if (wrap.class === className && wrap.version === version && allowsWrap(log, wrap)) missing.delete(wrap.recipient);
	}
	return [...missing];
}

/** Whether every record's class is one that the device is entitled to now. */
export const isEntitledToAll = (log: KeyLog, device: LogDevice, records: readonly SharedRecord[]): boolean =>
	records.every((record) => isEntitledAt(log, device, record.class, lastOf(log)));

const lastOf = (log: KeyLog): number => log.size - 1;

function valueAt<T>(changes: readonly Since<T>[] | undefined, at: number): T | undefined {
	return changes?.findLast(({ seq }) => seq <= at)?.value;
}
