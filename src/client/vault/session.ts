import {
	type DeviceKeys,
	importDevice,
	isEntitled,
	type KeyLog,
	type LogDevice,
	overwriteSeed,
	type SaltedName,
} from '../../custody/index.ts';
import { deriveFirmTag } from '../../envelope/index.ts';
import type { ContentType } from '../coordinate-types.ts';
import { DeviceDataKeys } from './data-keys.ts';
import { openLockedDevice, type UnlockSecret } from './device-lock.ts';
import { loadLog, textsOf } from './kept-log.ts';
import { KeptRecords } from './kept-records.ts';
import { LogTree } from './log-tree.ts';
import type { KeptStore, VaultClock } from './ports.ts';
import { RecordKeys } from './record-keys.ts';
import { RowMarks } from './row-marks.ts';
import { VaultError } from './vault-error.ts';
import { VerifiedStamps } from './verified-stamps.ts';

const TEN_MINUTES = 600_000;
const ONE_MINUTE = 60_000;
const THREE_DAYS = 259_200_000;

export interface VaultParts {
	readonly store: KeptStore;
	readonly clock: VaultClock;
	/** The compiled map of types with content, by their names in the schema. */
	readonly types: Readonly<Record<string, ContentType>>;
	/** SHA-256 of the manifest of the application that runs, in hex. Undefined for a program that has none, such as the command line. */
	readonly release?: string | undefined;
}

/** Entry 0 and the head of the log of a device that answered a joining, as hashes. */
export interface JoiningPlace {
	readonly genesis: string;
	readonly head: string;
}

/** What a device keeps beside its log. Structured-cloneable and JSON. */
export interface KeptState {
	/** Of the log that the device believes; null before it believes one. */
	readonly genesis: string | null;
	readonly size: number;
	readonly head: string | null;
	/** Entries below this `seq` were taken over from another device, or confirmed, with the notices on which they rest. */
	readonly takenOver: number;
	/** When the device first saw each notice, by its `seq`: milliseconds since 1970. */
	readonly notices: Readonly<Record<string, number>>;
	/** Whether this device recovered, and its person has not confirmed what it shows. */
	readonly isUnconfirmed: boolean;
	/** Ids of the RECOVERY devices of codes that were made here and not typed back. */
	readonly untypedCodes: readonly string[];
	/** The one of the code that was made, or typed back, last; null if ways without a code were made since. */
	readonly latestCode: string | null;
	/** Hash of the ways of recovery that this device made last, with their shares: no others are signed in its person's name. */
	readonly recoveryMade: string | null;
	/** Hashes of what was proposed here, each with the size of the log then: the device completes nothing else. */
	readonly proposed: readonly { readonly hash: string; readonly from: number }[];
	/** Safety numbers that were compared, by person. */
	readonly compared: Readonly<Record<string, { readonly at: number; readonly number: string }>>;
	/** What the other device of the joining that goes on says. Its code was shown, and the person has not compared it. */
	readonly joining: JoiningPlace | null;
	/** What the other device of each joining said whose code the person compared, until this device believes a log. */
	readonly joined: readonly JoiningPlace[];
	/** Vkeys of the log that this device trusts for checkpoints, whatever the service publishes; none before its first checkpoint. */
	readonly checkpointKeys: readonly string[];
}

const NEW_STATE: KeptState = {
	genesis: null,
	size: 0,
	head: null,
	takenOver: 0,
	notices: {},
	isUnconfirmed: false,
	untypedCodes: [],
	latestCode: null,
	recoveryMade: null,
	proposed: [],
	compared: {},
	joining: null,
	joined: [],
	checkpointKeys: [],
};

/** Where a stored device is, and whose. */
export interface StoredDevice {
	readonly name: string;
	readonly firm: string;
	readonly person: string;
	readonly unlock: 'PASSPHRASE' | 'PRF';
	/** Id of the passkey that unlocks it, for the page to ask for that one: base64url. */
	readonly credential?: string;
}

export const fileNameOf = (name: string): string => `${name}/device`;
export const prefixOf = (name: string): string => `${name}/kept/`;

/** A name that the log commits to, with its hash there. */
export interface KnownName extends SaltedName {
	readonly hash: string;
}

/** A log with what the device derives from it. */
export interface BelievedLog {
	readonly log: KeyLog;
	readonly tree: LogTree;
}

/** An unlocked device: the only object that holds keys. */
export class Session {
	readonly parts: VaultParts;
	readonly stored: StoredDevice;
	readonly device: DeviceKeys;
	readonly firmTag: Uint8Array;
	readonly records: KeptRecords;
	readonly marks: RowMarks;
	readonly dataKeys: DeviceDataKeys;
	readonly recordKeys = new RecordKeys();
	readonly stamps = new VerifiedStamps();
	state: KeptState;
	believed: BelievedLog | null;
	names: ReadonlyMap<string, KnownName>;
	/** When the service confirmed that the believed log is the newest, in milliseconds since 1970; null after anything that did not verify. */
	freshAt: number | null = null;
	/** For the device file, which is written again once the device believes a log; then null. */
	secret: UnlockSecret | null = null;
	#isLocked = false;

	private constructor(
		made: Pick<Session, 'parts' | 'stored' | 'device' | 'firmTag' | 'records' | 'state' | 'believed' | 'names'>,
	) {
		this.parts = made.parts;
		this.stored = made.stored;
		this.device = made.device;
		this.firmTag = made.firmTag;
		this.records = made.records;
		this.marks = new RowMarks(made.records);
		this.dataKeys = new DeviceDataKeys();
		this.state = made.state;
		this.believed = made.believed;
		this.names = made.names;
	}

	/** @throws VaultError for a secret that does not unlock the device, or kept records that were changed */
	static async open(parts: VaultParts, stored: StoredDevice, secret: UnlockSecret): Promise<Session> {
		const file = await parts.store.read(fileNameOf(stored.name));
		if (file === null) throw new VaultError('kept-gone');
		const locked = await openLockedDevice(file, secret, stored);
		let device: DeviceKeys;
		try {
			device = await importDevice(locked.seed);
		} finally {
			overwriteSeed(locked.seed);
		}
		const records = await KeptRecords.open(parts.store, prefixOf(stored.name), device.kept);
		const state = { ...NEW_STATE, ...(await records.load<KeptState>('state')) };
		// Entries are written before the state that believes them. Without it, nothing was done with them.
		const log = state.genesis === null ? null : await loadLog(records);
		requireKept(state, log, locked);
		const names = new Map((await records.load<[string, KnownName][]>('names')) ?? []);
		const tree = await new LogTree().grown(log === null ? [] : textsOf(log, 0, log.size));
		const believed = log === null ? null : { log, tree };
		const firmTag = await deriveFirmTag(stored.firm);
		const session = new Session({ parts, stored, device, firmTag, records, state, believed, names });
		await session.dataKeys.load(session, believed?.log ?? null);
		// Last, because what fails before this leaves no session that overwrites the copy.
		if (locked.genesis !== (state.genesis ?? '')) session.secret = copied(secret);
		return session;
	}

	/** @throws VaultError `no-log`, `locked`, `release-other` */
	get log(): KeyLog {
		if (this.#isLocked) throw new VaultError('locked');
		if (this.believed === null) throw new VaultError('no-log');
		this.requireTrusted(this.believed.log);
		return this.believed.log;
	}

	/** An older release may have a hole that a newer one closed, so a service could serve it on purpose. @throws VaultError `release-other` */
	requireTrusted(log: KeyLog): void {
		if (!this.isTrusted(log)) throw new VaultError('release-other');
	}

	/** Whether the log lets the application that runs use it. */
	isTrusted({ trustedReleases }: KeyLog): boolean {
		const { release } = this.parts;
		return release === undefined || trustedReleases === null || trustedReleases.includes(release);
	}

	/** This device as the log has it; null if the log does not have it, or it is revoked. */
	get own(): LogDevice | null {
		const own = this.believed?.log.devices.get(this.device.id);
		return own?.revoked === null && own.person === this.stored.person ? own : null;
	}

	/** Writes records, and the state with these changes, durably; then the session has them. */
	async keep(changes: Partial<KeptState>, records: Readonly<Record<string, unknown>> = {}): Promise<void> {
		const state = { ...this.state, ...changes };
		await this.records.save(records, { state });
		this.state = state;
	}

	/** @throws VaultError `no-log`, `not-entitled` */
	requireEntitled(className: string): void {
		if (this.own === null || !isEntitled(this.log, this.device.id, className)) throw new VaultError('not-entitled');
	}

	/**
	 * What FORMAT.md, sections 6, 11 and 13, requires before a device seals, wraps or signs.
	 * @throws VaultError `no-log`, `unconfirmed`, `device-inactive`, `not-fresh`, `noticed`
	 */
	requireMaySend(): KeyLog {
		const { log } = this;
		if (this.state.isUnconfirmed) throw new VaultError('unconfirmed');
		if (this.own === null) throw new VaultError('device-inactive');
		if (!this.isFresh) throw new VaultError('not-fresh');
		if (this.settledSize(log) < log.size) throw new VaultError('noticed');
		return log;
	}

	/** Whether a checkpoint of exactly this log was made within the last ten minutes. */
	get isFresh(): boolean {
		if (this.freshAt === null) return false;
		const age = this.parts.clock.now() - this.freshAt;
		return age <= TEN_MINUTES && age >= -ONE_MINUTE;
	}

	/** How many entries of the log come before the first that rests on a notice which this device has not known for 72 hours. */
	settledSize(log: KeyLog): number {
		for (let seq = this.state.takenOver; seq < log.size; seq++) {
			const agreement = log.chain.at(seq)?.entry.agreement;
			if (agreement && 'notice' in agreement && !this.isNoticeOver(agreement.notice)) return seq;
		}
		return log.size;
	}

	/** When this device first saw a notice: now, if it ended before that was kept. Milliseconds since 1970. */
	firstSeen(notice: number): number {
		return this.state.notices[notice] ?? this.parts.clock.now();
	}

	/** Whether this device has known a notice for 72 hours. */
	isNoticeOver(notice: number): boolean {
		return this.parts.clock.now() - this.firstSeen(notice) >= THREE_DAYS;
	}

	/** Overwrites what can be overwritten. */
	forgetSecret(): void {
		if (this.secret !== null && 'prf' in this.secret) this.secret.prf.fill(0);
		this.secret = null;
	}

	lock(): void {
		this.#isLocked = true;
		this.forgetSecret();
		this.dataKeys.clear();
		this.recordKeys.clear();
		this.stamps.clear();
		this.believed = null;
		this.freshAt = null;
	}
}

/** A copy that the session overwrites, because the caller's own bytes are not the vault's. */
const copied = (secret: UnlockSecret): UnlockSecret =>
	'prf' in secret ? { prf: Uint8Array.from(secret.prf) } : secret;

/** The parts of what is kept must fit each other: each has been authenticated by itself. */
function requireKept(
	state: KeptState,
	log: KeyLog | null,
	file: { readonly genesis: string; readonly seq: number; readonly head: string },
): void {
	const isHeld =
		(log?.genesis ?? null) === state.genesis && (log?.chain.at(state.size - 1)?.hash ?? null) === state.head;
	const isAnchor =
		/^0+$/.test(file.genesis) || (log?.genesis === file.genesis && log.chain.at(file.seq)?.hash === file.head);
	if (!isHeld || !isAnchor) throw new VaultError('kept-older');
}
