import {
	allowsWrap,
	composeEntry,
	type DeviceKeys,
	deriveRecoverySeed,
	extendKeyLog,
	fromBase64,
	type KeyLog,
	makeStatement,
	openShare,
	openWrap,
	parseWrap,
	readEntry,
	readRecoveryCode,
	sealShare,
	sealWrap,
	toBase64,
	usableWaysOf,
} from '../../custody/index.ts';
import { FirmsealError } from '../../errors.ts';
import { combineShares, type ReleasedShare } from './combine-shares.ts';
import { type ClassView, describeState, type PersonView } from './describe.ts';
import type { LogChanges, SealedRecoveryShare } from './draft.ts';
import { requireCompared } from './joining-new.ts';
import { answeredOf } from './joining-old.ts';
import { recoveryDevice } from './recovery-acts.ts';
import { believe, type CheckedLog, type ServedLog, verifyServed } from './served-log.ts';
import type { Session } from './session.ts';
import { anchorDevice } from './stored-devices.ts';
import type { VaultContext } from './vault-context.ts';
import { VaultError } from './vault-error.ts';

export interface RecoveredDevice {
	readonly changes: LogChanges;
	/** For the person to confirm: the number of entries, the people, and the custody of each class. */
	readonly size: number;
	readonly people: readonly PersonView[];
	readonly classes: readonly ClassView[];
}

/** What a device that recovers gets from the service. */
export interface ServedRecovery {
	readonly log: ServedLog;
	/** Those for the RECOVERY device. */
	readonly wraps: readonly string[];
}

/**
 * Ids of the person's RECOVERY devices that can be used, by a log that the service shows: whose wraps recover() needs. Nothing is believed.
 * @throws as extend()
 */
export async function recoveryDevices(session: Session, served: ServedLog): Promise<readonly string[]> {
	const { log } = await verifyNew(session, served);
	return usableWaysOf(log, session.stored.person).map(({ id }) => id);
}

/** By the code of the device's person. @throws VaultError `recovery-none`, and BAD_USER_INPUT for a mistyped code */
export async function recoverByCode(session: Session, code: string, served: ServedRecovery): Promise<RecoveredDevice> {
	const { firm, person } = session.stored;
	const recovery = await recoveryDevice(await deriveRecoverySeed(await readRecoveryCode(code), firm, person));
	return recover(session, await verifyNew(session, served.log), recovery, served.wraps);
}

/**
 * By shares of holders. The person compared a code with each holder; only this shows which log is the firm's, because anyone who makes a log
 * can make shares that fit it.
 * @throws VaultError `log-unjoined`, `uncompared`, `shares-other`
 */
export async function recoverByShares(
	session: Session,
	released: readonly ReleasedShare[],
	served: ServedRecovery,
): Promise<RecoveredDevice> {
	const verified = await verifyNew(session, served.log);
	const { log } = verified;
	requireCompared(session, log);
	const way = log.people.get(session.stored.person)?.ways.find((each) => each.way === 'OWNERS');
	if (way === undefined) throw new VaultError('recovery-none');
	return recover(session, verified, await combineShares(session, log, way, released), served.wraps);
}

/** A holder gives the share to the new device whose code the two compared. */
export async function releaseShare(context: VaultContext, held: SealedRecoveryShare): Promise<ReleasedShare> {
	const { session, person, checked } = answeredOf(context);
	const { log } = session;
	session.requireMaySend();
	if (checked === null || held.person !== person) throw new VaultError('joining-order');
	const way = log.people.get(person)?.ways.find(({ id }) => id === held.device);
	if (way?.way !== 'OWNERS' || !way.holders.includes(session.stored.person)) throw new VaultError('recovery-none');
	const place = { firm: log.firm, person, genesis: log.genesis, recovery: way.id };
	const share = await openShare(fromBase64(held.share) ?? new Uint8Array(0), session.device, {
		...place,
		releasedBy: null,
	});
	try {
		const sealed = await sealShare(share, checked.device.publicKeys, { ...place, releasedBy: session.device.id });
		return { releasedBy: session.device.id, share: toBase64(sealed) };
	} finally {
		share.fill(0);
	}
}

/**
 * The person has looked at what recover() showed: what the log said then, and the notices on which it rests, is taken as known. Entries
 * that came since are not.
 */
export async function confirmRecovered(session: Session): Promise<void> {
	await session.keep({ isUnconfirmed: false, joined: [] });
}

/** A device whose entry another one came before recovers once more, from the log that it believes since the first time. */
async function verifyNew(session: Session, served: ServedLog): Promise<CheckedLog> {
	const isBegun = session.state.isUnconfirmed && session.own === null;
	if (session.believed !== null && !isBegun) throw new VaultError('log-known');
	session.freshAt = null;
	const verified = await verifyServed(session, session.believed, served);
	if (verified.time === null) throw new VaultError('not-fresh');
	return verified;
}

/** Believes only a log in which the person's own RECOVERY device stands: its statement names the log. */
async function recover(
	session: Session,
	verified: CheckedLog,
	recovery: DeviceKeys,
	wraps: readonly string[],
): Promise<RecoveredDevice> {
	const { log } = verified;
	const { person } = session.stored;
	const known = log.devices.get(recovery.id);
	const isUsable = known?.kind === 'RECOVERY' && known.person === person && known.revoked === null && !known.isUsed;
	if (!isUsable) throw new VaultError('recovery-none');
	const entry = await addEntry(session, log, recovery);
	const after = await extendKeyLog(log, await readEntry(entry));
	const own = await wrapAgain(session, after, recovery, wraps);
	await believe(session, verified, { isUnconfirmed: true, takenOver: log.size });
	await anchorDevice(session);
	const { people, classes } = describeState(session);
	return {
		changes: { entries: [entry], wraps: own, names: [], shares: [] },
		size: log.size,
		people,
		classes,
	};
}

async function addEntry(session: Session, log: KeyLog, recovery: DeviceKeys): Promise<string> {
	const { firm, person } = session.stored;
	const statement = await makeStatement(session.device, 'DEVICE', { firm, genesis: log.genesis, person });
	const time = new Date(session.parts.clock.now()).toISOString();
	return composeEntry({ log, kind: 'device.add', body: { device: statement, person }, device: recovery, time });
}

/** The keys that the RECOVERY device opens, wrapped by it for the new device. A wrap that does not open is left out. */
async function wrapAgain(
	session: Session,
	log: KeyLog,
	recovery: DeviceKeys,
	wraps: readonly string[],
): Promise<readonly string[]> {
	const made = new Map<string, string>();
	for (const text of wraps) {
		try {
			const wrap = parseWrap(text);
			const name = `${wrap.class}/${wrap.version}`;
			if (made.has(name) || wrap.recipient !== recovery.id || !allowsWrap(log, wrap)) continue;
			made.set(name, await wrapOne(session, log, recovery, wrap));
		} catch (error) {
			if (!(error instanceof FirmsealError)) throw error;
		}
	}
	return [...made.values()];
}

async function wrapOne(
	{ device }: Session,
	log: KeyLog,
	recovery: DeviceKeys,
	wrap: ReturnType<typeof parseWrap>,
): Promise<string> {
	const { firm, head } = log;
	const { version } = wrap;
	const commitment = log.classes.get(wrap.class)?.versions.get(version)?.commitment as string;
	const dataKey = await openWrap({
		wrap,
		firm,
		recipient: recovery,
		wrapperSigning: fromBase64(log.devices.get(wrap.wrapper)?.signing as string) as Uint8Array,
		commitment: fromBase64(commitment) as Uint8Array,
	});
	try {
		const place = { firm, class: wrap.class, version, head };
		return await sealWrap({ ...place, recipient: device.publicKeys, wrapper: recovery, dataKey });
	} finally {
		dataKey.fill(0);
	}
}
