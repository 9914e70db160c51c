import { exactJson } from '../exact-json.ts';
import type { AgreedKind } from './bodies.ts';
import type { KeyLogBody, KeyLogEntry, KeyLogKind, SecondSignature } from './entry.ts';
import type { KeyLog, LogDevice } from './key-log.ts';
import { KeyLogError } from './key-log-error.ts';
import { devicesOf, ownersOf } from './queries.ts';
import { agreementMessage, isSignedBy } from './signing.ts';

/**
 * Whether the next entry, if it has this kind and body and is signed by a device of `person`, needs the agreement of a second OWNER, or
 * what stands for it in a firm of one OWNER. FORMAT.md, section 6.
 */
export function needsAgreement<K extends KeyLogKind>(
	log: KeyLog,
	kind: K,
	body: KeyLogBody<K>,
	person: string,
): boolean {
	const rule = NEEDS[kind as AgreedKind] as ((log: KeyLog, body: KeyLogBody<K>, person: string) => boolean) | undefined;
	return rule?.(log, body, person) ?? false;
}

const always = (): boolean => true;

const NEEDS: { readonly [K in AgreedKind]: (log: KeyLog, body: KeyLogBody<K>, person: string) => boolean } = {
	'custody.set': always,
	'device.revoke': takesLastDeviceOfOther,
	'key.retire': always,
	'member.remove': (log, { person }) => log.people.get(person)?.role === 'OWNER',
	'member.role': always,
	'recovery.set': (log) => log.isGuarded || ownersOf(log).length > 1,
	'release.trust': always,
	'witness.policy': always,
};

function takesLastDeviceOfOther(log: KeyLog, { devices }: KeyLogBody<'device.revoke'>, signer: string): boolean {
	const person = log.devices.get(devices[0] as string)?.person;
	if (person === undefined || person === signer || log.people.get(person)?.role !== 'OWNER') return false;
	return devicesOf(log, person).every(({ id }) => devices.includes(id));
}

/**
 * Checks the agreement of the next entry, which `signer` signed. Returns whether it needs one.
 * @throws KeyLogError
 */
export async function requireAgreement(log: KeyLog, entry: KeyLogEntry, signer: LogDevice): Promise<boolean> {
	const { agreement, kind, body, seq } = entry;
	if (!needsAgreement(log, kind, body, signer.person)) {
		if (agreement) throw new KeyLogError('agreement-needless', seq);
		return false;
	}
	if (!agreement) throw new KeyLogError('agreement', seq);
	if ('notice' in agreement) requireNotice(log, entry, signer, agreement.notice);
	else await requireSecondSignature(log, entry, signer, agreement);
	return true;
}

async function requireSecondSignature(
	log: KeyLog,
	entry: KeyLogEntry,
	signer: LogDevice,
	agreement: SecondSignature,
): Promise<void> {
	const device = log.devices.get(agreement.device);
	if (!device || !mayAgree(log, entry, signer, device)) throw new KeyLogError('agreement-device', entry.seq);
	if (log.chain.at(agreement.seq)?.hash !== agreement.head) throw new KeyLogError('agreement-head', entry.seq);
	if (log.lastAgreed > agreement.seq || hasSigned(log, agreement.seq, (id) => id === device.id))
		throw new KeyLogError('agreement-void', entry.seq);
	const message = agreementMessage(log, entry, agreement);
	if (!(await isSignedBy(device.signing, message, agreement.signature)))
		throw new KeyLogError('agreement-signature', entry.seq);
}

/** The second device is of another OWNER. In a log of one OWNER it is the recovery key of this one. */
function mayAgree(log: KeyLog, { kind }: KeyLogEntry, signer: LogDevice, device: LogDevice): boolean {
	if (device.revoked !== null || log.people.get(device.person)?.role !== 'OWNER') return false;
	if (ownersOf(log).length > 1) return device.kind === 'DEVICE' && device.person !== signer.person;
	return device.kind === 'RECOVERY' && (!device.isUsed || kind === 'recovery.set');
}

function requireNotice(log: KeyLog, entry: KeyLogEntry, { person }: LogDevice, at: number): void {
	if (ownersOf(log).length > 1) throw new KeyLogError('agreement-device', entry.seq);
	const notice = log.notices.get(at);
	const isOfThis = notice?.person === person && notice.kind === entry.kind && notice.body === exactJson(entry.body);
	if (!isOfThis) throw new KeyLogError('notice', entry.seq);
	if (!isNoticeOpen(log, at)) throw new KeyLogError('notice-void', entry.seq);
}

/** Whether the notice of the entry `at` can still support an entry: nothing used it or made it void. */
export function isNoticeOpen(log: KeyLog, at: number): boolean {
	const notice = log.notices.get(at);
	const isOther = (id: string): boolean => id !== notice?.device && log.devices.get(id)?.person === notice?.person;
	return notice !== undefined && ownersOf(log).length === 1 && log.lastAgreed <= at && !hasSigned(log, at, isOther);
}

/** Whether such a device has signed an entry after the entry `seq`. */
function hasSigned(log: KeyLog, seq: number, isSuch: (device: string) => boolean): boolean {
	for (let at = log.size - 1; at > seq; at--) {
		if (isSuch(log.chain.at(at)?.entry.device as string)) return true;
	}
	return false;
}
