import { MAX_CLASSES, MAX_DEVICES, recordKey } from './bodies.ts';
import type { ReadEntry, SubLogEntry } from './entry.ts';
import { Chain, Marks } from './history.ts';
import { KeyLogError } from './key-log-error.ts';
import { readSubLogEntry } from './read-entry.ts';
import { entryMessage, isSignedBy, NO_HASH } from './signing.ts';
import { statedId } from './stated-id.ts';
import { isShared, type SubLog, type SubLogDevice, type SubLogRole, subLogDevices } from './sub-log.ts';

type Later = Exclude<SubLogEntry, { kind: 'log.begin' }>;
type AddEntry = SubLogEntry<'client.add' | 'staff.add'>;
type RevokeEntry = SubLogEntry<'client.revoke' | 'staff.revoke'>;
type ShareEntry = SubLogEntry<'share.begin' | 'share.end'>;
type SubLogChange = Partial<Pick<SubLog, 'people' | 'devices' | 'namedClasses' | 'shares'>>;

/**
 * The sub-log with one more entry, after every rule of FORMAT.md, sections 2 and 4. `log` is null for entry 0. It stays as it is.
 * @throws KeyLogError
 */
export async function extendSubLog(log: SubLog | null, read: ReadEntry<SubLogEntry>): Promise<SubLog> {
	const { entry } = read;
	const { seq } = entry;
	if (log === null) return beginSubLog(read);
	if (entry.firm !== log.firm) throw new KeyLogError('firm', seq);
	if (seq !== log.size || entry.prev !== log.head) throw new KeyLogError('order', seq);
	if (entry.kind === 'log.begin') throw new KeyLogError('beginning', seq);
	const signer = log.devices.get(entry.device);
	if (!signer) throw new KeyLogError('signer', seq);
	if (signer.revoked !== null) throw new KeyLogError('revoked', seq);
	await requireSubLogSignature(entry, signer.signing);
	if (entry.agreement) throw new KeyLogError('agreement-needless', seq);
	const change = await changeOf(log, entry, signer);
	return { ...log, ...change, size: seq + 1, head: read.hash, chain: log.chain.append(read) };
}

/**
 * Verifies a sub-log from entry 0, by the texts of its entries in their order.
 * @throws KeyLogError for the first entry that breaks a rule
 */
export async function readSubLog(texts: Iterable<string>): Promise<SubLog | null> {
	let log: SubLog | null = null;
	for (const text of texts) log = await extendSubLog(log, await readSubLogEntry(text));
	return log;
}

async function beginSubLog(read: ReadEntry<SubLogEntry>): Promise<SubLog> {
	const { firm, seq, prev, kind, body, device: id } = read.entry;
	if (kind !== 'log.begin' || seq !== 0 || prev !== NO_HASH) throw new KeyLogError('beginning', seq);
	const { person, name, installation, log } = body;
	const device = await addedDevice({ firm, genesis: NO_HASH, devices: new Map() }, read.entry, person);
	if (device.id !== id) throw new KeyLogError('signer', seq);
	await requireSubLogSignature(read.entry, device.signing);
	if (read.entry.agreement) throw new KeyLogError('agreement-needless', seq);
	return {
		firm,
		log,
		installation,
		genesis: read.hash,
		size: 1,
		head: read.hash,
		chain: new Chain<SubLogEntry>().append(read),
		people: new Map([[person, { role: 'STAFF', name }]]),
		devices: new Map([[id, device]]),
		namedClasses: new Set(),
		shares: new Marks(),
	};
}

async function requireSubLogSignature({ signature, ...unsigned }: SubLogEntry, signing: string): Promise<void> {
	if (!(await isSignedBy(signing, entryMessage(unsigned), signature))) throw new KeyLogError('signature', unsigned.seq);
}

function changeOf(log: SubLog, entry: Later, signer: SubLogDevice): SubLogChange | Promise<SubLogChange> {
	switch (entry.kind) {
		case 'client.add':
			return addTo(log, entry, signer, 'CLIENT');
		case 'staff.add':
			return addTo(log, entry, signer, 'STAFF');
		case 'client.revoke':
			return revokeFrom(log, entry, signer, 'CLIENT');
		case 'staff.revoke':
			return revokeFrom(log, entry, signer, 'STAFF');
		case 'share.begin':
		case 'share.end':
			return share(log, entry, signer);
	}
}

const isStaff = (log: SubLog, { person }: SubLogDevice): boolean => log.people.get(person)?.role === 'STAFF';

/** A person is staff or a client for ever: who was a client cannot come to share what others wrote. */
async function addTo(log: SubLog, entry: AddEntry, signer: SubLogDevice, role: SubLogRole): Promise<SubLogChange> {
	const { body, seq } = entry;
	if (!isStaff(log, signer)) {
		if (role === 'STAFF') throw new KeyLogError('staff', seq);
		if (signer.person !== body.person) throw new KeyLogError('person', seq);
	}
	const known = log.people.get(body.person);
	if (known && known.role !== role) throw new KeyLogError('person-known', seq);
	const present = subLogDevices(log, role).filter(({ person }) => person === body.person);
	if (present.length >= MAX_DEVICES) throw new KeyLogError('device-limit', seq);
	const device = await addedDevice(log, entry, body.person);
	return {
		people: new Map(log.people).set(body.person, { role, name: body.name }),
		devices: new Map(log.devices).set(device.id, device),
	};
}

async function addedDevice(
	log: Pick<SubLog, 'firm' | 'genesis' | 'devices'>,
	{ body, seq, device: addedBy }: AddEntry | SubLogEntry<'log.begin'>,
	person: string,
): Promise<SubLogDevice> {
	const { exchange, kind, signing } = body.device;
	if (kind !== 'DEVICE') throw new KeyLogError('device-kind', seq);
	const id = await statedId(body.device, { firm: log.firm, genesis: log.genesis, person }, seq);
	if (log.devices.has(id)) throw new KeyLogError('device-again', seq);
	return { id, person, exchange, signing, addedBy, added: seq, revoked: null };
}

function revokeFrom(log: SubLog, { body, seq }: RevokeEntry, signer: SubLogDevice, role: SubLogRole): SubLogChange {
	const ended = subLogDevices(log, role).filter(({ id }) => body.devices.includes(id));
	if (ended.length !== body.devices.length) throw new KeyLogError('devices-named', seq);
	if (!isStaff(log, signer)) {
		if (role === 'STAFF') throw new KeyLogError('staff', seq);
		if (!ended.every(({ person }) => person === signer.person)) throw new KeyLogError('person', seq);
	}
	const devices = new Map(log.devices);
	for (const device of ended) devices.set(device.id, { ...device, revoked: seq });
	return { devices };
}

function share(log: SubLog, { kind, body, seq }: ShareEntry, signer: SubLogDevice): SubLogChange {
	if (!isStaff(log, signer)) throw new KeyLogError('staff', seq);
	const namedClasses = new Set([...log.namedClasses, ...body.records.map((record) => record.class)]);
	if (namedClasses.size > MAX_CLASSES) throw new KeyLogError('class-limit', seq);
	const turned = body.records.filter((record) => isShared(log, record) !== (kind === 'share.begin'));
	return { namedClasses, shares: log.shares.add(turned.map(recordKey), seq) };
}
