import { requireAgreement } from './agreement.ts';
import type { KeyLogEntry, KeyLogKind, ReadEntry } from './entry.ts';
import { Chain, Marks } from './history.ts';
import type { KeyLog, LogClass, LogDevice } from './key-log.ts';
import { KeyLogError } from './key-log-error.ts';
import { isActive, isEntitledAt } from './queries.ts';
import { readEntry } from './read-entry.ts';
import { giveNotice, setWitnessPolicy, trustReleases } from './rules/announcements.ts';
import { addDevice, revokeDevices, setRecovery } from './rules/devices.ts';
import { generateKey, retireKey, setCustody } from './rules/keys.ts';
import { addMember, nameMember, removeMember, setClasses, setRole } from './rules/people.ts';
import { beginShare, endShare, grantLease } from './rules/records.ts';
import type { LogChange, LogRule } from './rules/rule.ts';
import { entryMessage, isSignedBy, NO_HASH } from './signing.ts';
import { statedId } from './stated-id.ts';

type LaterKind = Exclude<KeyLogKind, 'firm.begin'>;

const RULES: { readonly [K in LaterKind]: LogRule<K> } = {
	'custody.set': setCustody,
	'device.add': addDevice,
	'device.revoke': revokeDevices,
	'key.generate': generateKey,
	'key.retire': retireKey,
	'lease.grant': grantLease,
	'member.add': addMember,
	'member.name': nameMember,
	'member.remove': removeMember,
	'member.role': setRole,
	notice: giveNotice,
	'recovery.set': setRecovery,
	'release.trust': trustReleases,
	'roles.classes': setClasses,
	'share.begin': beginShare,
	'share.end': endShare,
	'witness.policy': setWitnessPolicy,
};

/**
 * The log with one more entry, after every rule of FORMAT.md, sections 2 and 4 to 6. `log` is null for entry 0. It stays as it is.
 * @throws KeyLogError
 */
export async function extendKeyLog(log: KeyLog | null, read: ReadEntry): Promise<KeyLog> {
	const { entry } = read;
	if (log === null) return beginKeyLog(read);
	if (entry.firm !== log.firm) throw new KeyLogError('firm', entry.seq);
	if (entry.seq !== log.size || entry.prev !== log.head) throw new KeyLogError('order', entry.seq);
	if (entry.kind === 'firm.begin') throw new KeyLogError('beginning', entry.seq);
	const signer = await requireSigner(log, entry);
	const rule = RULES[entry.kind] as LogRule<LaterKind>;
	const change = await rule(log, entry, signer);
	const isAgreed = await requireAgreement(log, entry, signer);
	return changed(log, read, change, isAgreed);
}

/**
 * Verifies a log from entry 0, by the texts of its entries in their order.
 * @throws KeyLogError for the first entry that breaks a rule
 */
export async function readKeyLog(texts: Iterable<string>): Promise<KeyLog | null> {
	let log: KeyLog | null = null;
	for (const text of texts) log = await extendKeyLog(log, await readEntry(text));
	return log;
}

async function beginKeyLog({ text, hash, entry }: ReadEntry): Promise<KeyLog> {
	const { firm, seq, prev, kind, body } = entry;
	if (kind !== 'firm.begin' || seq !== 0 || prev !== NO_HASH) throw new KeyLogError('beginning', seq);
	const { exchange, signing } = body.device;
	if (body.device.kind !== 'DEVICE') throw new KeyLogError('device-kind', seq);
	const id = await statedId(body.device, { firm, genesis: NO_HASH, person: body.person }, seq);
	if (id !== entry.device) throw new KeyLogError('signer', seq);
	await requireSignature(entry, signing);
	if (entry.agreement) throw new KeyLogError('agreement-needless', seq);
	const device: LogDevice = {
		id,
		person: body.person,
		kind: 'DEVICE',
		exchange,
		signing,
		addedBy: id,
		added: 0,
		revoked: null,
		isUsed: false,
	};
	const owner = { name: body.name, role: 'OWNER' as const, roles: [{ seq: 0, value: 'OWNER' as const }], ways: [] };
	return {
		firm,
		installation: body.installation,
		genesis: hash,
		size: 1,
		head: hash,
		chain: new Chain<KeyLogEntry>().append({ text, hash, entry }),
		people: new Map([[body.person, owner]]),
		devices: new Map([[id, device]]),
		memberClasses: [],
		classes: new Map(),
		namedClasses: new Set(),
		notices: new Map(),
		subLogs: new Map(),
		leases: new Map(),
		generations: new Marks(),
		witnessPolicy: null,
		trustedReleases: null,
		lastAgreed: -1,
		isGuarded: false,
	};
}

async function requireSigner(log: KeyLog, entry: KeyLogEntry): Promise<LogDevice> {
	const signer = log.devices.get(entry.device);
	if (!signer) throw new KeyLogError('signer', entry.seq);
	if (signer.revoked !== null) throw new KeyLogError('revoked', entry.seq);
	if (signer.kind === 'RECOVERY' && entry.kind !== 'device.add') throw new KeyLogError('recovery', entry.seq);
	await requireSignature(entry, signer.signing);
	return signer;
}

async function requireSignature({ signature, ...unsigned }: KeyLogEntry, signing: string): Promise<void> {
	if (!(await isSignedBy(signing, entryMessage(unsigned), signature))) throw new KeyLogError('signature', unsigned.seq);
}

function changed(log: KeyLog, read: ReadEntry, change: LogChange, isAgreed: boolean): KeyLog {
	const { seq } = read.entry;
	const next: KeyLog = {
		...log,
		...change,
		size: seq + 1,
		head: read.hash,
		chain: log.chain.append(read),
		lastAgreed: isAgreed ? seq : log.lastAgreed,
	};
	return { ...next, classes: withStale(log, next, seq) };
}

/** Every version of a class is stale from the entry on by which a device is no longer entitled to the class. */
function withStale(log: KeyLog, next: KeyLog, seq: number): ReadonlyMap<string, LogClass> {
	const isSame = log.people === next.people && log.devices === next.devices && log.memberClasses === next.memberClasses;
	if (isSame) return next.classes;
	const before = [...log.devices.values()].filter((device) => isActive(device, seq - 1));
	const classes = new Map(next.classes);
	for (const [name, each] of classes) {
		const isLost = before.some(
			(device) =>
				isEntitledAt(log, device, name, seq - 1) &&
				!isEntitledAt(next, next.devices.get(device.id) as LogDevice, name, seq),
		);
		if (!isLost) continue;
		const versions = [...each.versions].map(
			([number, version]) => [number, { ...version, stale: version.stale ?? seq }] as const,
		);
		classes.set(name, { ...each, versions: new Map(versions) });
	}
	return classes;
}
