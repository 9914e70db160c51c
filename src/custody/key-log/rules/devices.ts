import { MAX_DEVICES, type RecoveryWay } from '../bodies.ts';
import type { KeyLogEntry } from '../entry.ts';
import type { KeyLog, LogDevice, LogPerson, LogWay } from '../key-log.ts';
import { KeyLogError } from '../key-log-error.ts';
import { devicesOf, ownersOf, usableWaysOf } from '../queries.ts';
import { statedId } from '../stated-id.ts';
import { type LogRule, requireOwner, requirePerson, withEntry, withoutDevices } from './rule.ts';

/** Adds a device. A recovery key that does so revokes all other devices of its person, and is used. */
export const addDevice: LogRule<'device.add'> = async (log, entry, signer) => {
	const { body, seq } = entry;
	const person = requirePerson(log, body.person, seq);
	if (body.device.kind !== 'DEVICE') throw new KeyLogError('device-kind', seq);
	const isRecovery = signer.kind === 'RECOVERY';
	const present = devicesOf(log, body.person);
	requireAdder(log, entry, signer, person, present);
	if (!isRecovery && present.length >= MAX_DEVICES) throw new KeyLogError('device-limit', seq);
	const device = await newDevice(log, entry, body.person, body.device);
	const devices = withoutDevices(log.devices, isRecovery ? present : [], seq);
	if (isRecovery) devices.set(signer.id, { ...signer, isUsed: true });
	return { devices: devices.set(device.id, device) };
};

function requireAdder(
	log: KeyLog,
	{ body, seq }: KeyLogEntry<'device.add'>,
	signer: LogDevice,
	person: LogPerson,
	present: readonly LogDevice[],
): void {
	const isOwn = signer.person === body.person;
	if (signer.kind === 'RECOVERY') {
		if (!isOwn || signer.isUsed) throw new KeyLogError('recovery', seq);
		return;
	}
	const isFirstOfMember = person.role === 'MEMBER' && present.length === 0;
	if (!isOwn && !(isFirstOfMember && log.people.get(signer.person)?.role === 'OWNER'))
		throw new KeyLogError('person', seq);
}

/** The device of a statement, which the log has not had before. */
async function newDevice(
	log: KeyLog,
	{ seq, device: addedBy }: Pick<KeyLogEntry, 'seq' | 'device'>,
	person: string,
	statement: RecoveryWay['device'],
): Promise<LogDevice> {
	const id = await statedId(statement, { firm: log.firm, genesis: log.genesis, person }, seq);
	if (log.devices.has(id)) throw new KeyLogError('device-again', seq);
	const { exchange, kind, signing } = statement;
	return { id, person, kind, exchange, signing, addedBy, added: seq, revoked: null, isUsed: false };
}

/** No OWNER without a way of recovery can lose the last device. */
export const revokeDevices: LogRule<'device.revoke'> = (log, { body, seq }, signer) => {
	const person = log.devices.get(body.devices[0] as string)?.person ?? '';
	const present = devicesOf(log, person);
	const ended = present.filter(({ id }) => body.devices.includes(id));
	if (ended.length !== body.devices.length) throw new KeyLogError('devices-named', seq);
	const isOwner = log.people.get(signer.person)?.role === 'OWNER';
	if (signer.person !== person && !isOwner) throw new KeyLogError('person', seq);
	const isLastOfOwner = ended.length === present.length && log.people.get(person)?.role === 'OWNER';
	if (isLastOfOwner && usableWaysOf(log, person).length === 0) throw new KeyLogError('last-device', seq);
	return { devices: withoutDevices(log.devices, ended, seq) };
};

/** Replaces the ways of recovery of a person. */
export const setRecovery: LogRule<'recovery.set'> = async (log, entry, signer) => {
	const { body, seq } = entry;
	requireOwner(log, signer, seq);
	if (signer.person !== body.person) throw new KeyLogError('person', seq);
	const person = requirePerson(log, body.person, seq);
	const devices = withoutDevices(log.devices, recoveryKeysOf(log.devices, [body.person]), seq);
	const ways: LogWay[] = [];
	for (const way of body.ways) {
		if (way.way === 'OWNERS') requireHolders(log, body.person, way.holders, seq);
		const device = await newDevice({ ...log, devices }, entry, body.person, way.device);
		devices.set(device.id, device);
		ways.push({ ...way, id: device.id });
	}
	const people = withEntry(log.people, body.person, { ...person, ways });
	return { devices, people, isGuarded: log.isGuarded || ways.length > 0 };
};

function requireHolders(log: KeyLog, person: string, holders: readonly string[], seq: number): void {
	const owners = ownersOf(log);
	if (holders.includes(person) || !holders.every((each) => owners.includes(each)))
		throw new KeyLogError('holders', seq);
}

/** The active recovery keys of these people. */
export function recoveryKeysOf(devices: ReadonlyMap<string, LogDevice>, people: readonly string[]): LogDevice[] {
	return [...devices.values()].filter(
		({ kind, person, revoked }) => kind === 'RECOVERY' && revoked === null && people.includes(person),
	);
}
