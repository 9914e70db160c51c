import type { FirmRole } from '../../access/index.ts';
import {
	type KeyLog,
	type KeyLogEntry,
	type KeyLogKind,
	type KeyWrap,
	missingWraps,
	type ReadEntry,
} from '../../custody/index.ts';
import {
	hasStampsBefore,
	hasValuesUnder,
	isKeyLogEntryOlder,
	selectLatestKeyVersion,
	selectMembership,
	type Transaction,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import { checkCustody } from './custody-rules.ts';
import type { KeyLogs } from './key-logs.ts';

/** Who sends the entries. */
export interface LogActor {
	/** User id. */
	readonly user: string;
	readonly role: FirmRole;
}

/** An entry that the rules of the log allow. */
export interface Appended<E extends KeyLogEntry = KeyLogEntry> {
	readonly tx: Transaction;
	readonly keyLogs: KeyLogs;
	readonly before: KeyLog | null;
	readonly after: KeyLog;
	readonly entry: E;
	readonly actor: LogActor;
}

/** Hours that a notice must be known before the entry that it supports. */
const NOTICE_HOURS = 72;

/**
 * The rules of the service, on which no client relies (src/custody/FORMAT.md, section 5).
 * @throws FirmsealError BAD_USER_INPUT, FORBIDDEN, CONFLICT
 */
export async function checkEntry(appended: Appended): Promise<void> {
	const { entry, after, actor, tx } = appended;
	const device = after.devices.get(entry.device);
	if (device?.person !== actor.user)
		throw new FirmsealError(
			'FORBIDDEN',
			'An entry is signed by a device of another person: send only what your own devices sign.',
		);
	await checkNotice(tx, entry);
	await (RULES[entry.kind] as Rule | undefined)?.(appended);
}

type Rule<K extends KeyLogKind = KeyLogKind> = (
	appended: Appended<Extract<KeyLogEntry, { readonly kind: K }>>,
) => Promise<void> | void;

/** Kinds to which the service adds a rule. */
const RULES: { readonly [K in KeyLogKind]?: Rule<K> } = {
	'custody.set': checkCustody,
	'firm.begin': checkBeginning,
	'key.generate': checkKey,
	'key.retire': checkRetirement,
	'lease.grant': refuseSharing,
	'member.add': checkMember,
	'share.begin': refuseSharing,
	'share.end': refuseSharing,
};

function refuseSharing(): never {
	throw laterVersionError('Sharing content of the firm’s own custody');
}

const laterVersionError = (what: string) =>
	new FirmsealError('BAD_USER_INPUT', `${what} comes with a later version of Firmseal: leave the entry out.`);

async function checkNotice(tx: Transaction, { agreement, firm }: KeyLogEntry): Promise<void> {
	if (!agreement || !('notice' in agreement)) return;
	if (await isKeyLogEntryOlder(tx, firm, agreement.notice, NOTICE_HOURS)) return;
	throw new FirmsealError(
		'CONFLICT',
		`The notice of this entry is not ${NOTICE_HOURS} hours old yet: send the entry when it is.`,
	);
}

function checkBeginning({ entry, keyLogs, actor }: Appended<KeyLogEntry<'firm.begin'>>): void {
	if (actor.role !== 'OWNER') throw new FirmsealError('FORBIDDEN', 'Only an owner of the firm begins its key log.');
	if (entry.body.installation !== keyLogs.installation)
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'The key log names another installation: begin it with the name that Query.keyLog gives.',
		);
}

async function checkMember({ tx, entry }: Appended<KeyLogEntry<'member.add'>>): Promise<void> {
	const member = await selectMembership(tx, entry.body.person);
	if (member && member.removedAt === null && member.role !== 'CLIENT') return;
	throw new FirmsealError(
		'BAD_USER_INPUT',
		'The entry adds a person who is no present member of the firm: see Firm.members.',
	);
}

async function checkKey({ tx, entry, keyLogs }: Appended<KeyLogEntry<'key.generate'>>): Promise<void> {
	const { class: className, version } = entry.body;
	if (keyLogs.tablesOf(className).length === 0)
		throw new FirmsealError('BAD_USER_INPUT', 'The entry names a class that this installation does not have.');
	if (version !== (await selectLatestKeyVersion(tx, entry.firm, className)) + 1)
		throw new FirmsealError(
			'CONFLICT',
			'The data key does not have the next version of its class: versions count in one series for both custodies. Read KeyLog.newestVersions again.',
		);
}

/** Afterwards no client reads a value under the version, nor a stamp from before the oldest version that is left. */
async function checkRetirement({ tx, entry, after, keyLogs }: Appended<KeyLogEntry<'key.retire'>>): Promise<void> {
	const { firm } = entry;
	const { class: className, version } = entry.body;
	const left = [...(after.classes.get(className)?.versions.values() ?? [])].find(({ retired }) => retired === null);
	for (const columns of keyLogs.tablesOf(className)) {
		if (await hasValuesUnder(tx, firm, version, columns))
			throw new FirmsealError(
				'CONFLICT',
				'Values are still sealed under this version of the data key: re-seal them first.',
			);
		if (left && (await hasStampsBefore(tx, firm, left.generated, columns.table)))
			throw new FirmsealError(
				'CONFLICT',
				'Records still have stamps from before the oldest data key that would be left: re-seal them first.',
			);
	}
}

/** @throws FirmsealError BAD_USER_INPUT if a device that the log entitles would get no wrap of a new data key */
export function checkGeneratedKeys(log: KeyLog, entries: readonly ReadEntry[], wraps: readonly KeyWrap[]): void {
	for (const { entry } of entries) {
		if (entry.kind !== 'key.generate') continue;
		const missing = missingWraps(log, entry.body.class, entry.body.version, wraps);
		if (missing.length > 0)
			throw new FirmsealError(
				'BAD_USER_INPUT',
				`The new data key is not wrapped for ${missing.length} of the devices that the key log entitles: send a wrap for each.`,
			);
	}
}

/** User ids of the people whom an entry is about. `log`: the log with the entry. */
export function personsOf(log: KeyLog, { body, device }: KeyLogEntry): string[] {
	if ('person' in body) return [body.person];
	const devices = 'devices' in body ? body.devices : [device];
	return [...new Set(devices.map((id) => log.devices.get(id)?.person ?? ''))];
}
