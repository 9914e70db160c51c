import {
	type CustodyState,
	custodyOf,
	devicesOf,
	entitledDevices,
	isEntitled,
	isNoticeOpen,
	type KeyLog,
	type LogRole,
	usableWaysOf,
	writableVersion,
} from '../../custody/index.ts';
import type { ClassVersion } from './data-keys.ts';
import type { Session, StoredDevice } from './session.ts';

export interface PersonView {
	readonly person: string;
	/** Null if the service has shown none that the log commits to. */
	readonly name: string | null;
	readonly role: LogRole;
	/** Active devices, by id, with the `seq` that added them, and when that was, by the clock of the device that signed it. */
	readonly devices: readonly { readonly id: string; readonly added: number; readonly addedAt: string }[];
	/** Ways of recovery that can still be used. */
	readonly recovery: readonly ('CODE' | 'OWNERS')[];
}

export interface ClassView {
	readonly class: string;
	readonly custody: CustodyState;
	/** The version under which is sealed now; null if the firm needs a new one. */
	readonly writable: number | null;
	readonly versions: readonly { readonly version: number; readonly stale: boolean; readonly retired: boolean }[];
	/** Whether this device may read the class. */
	readonly isEntitled: boolean;
}

export interface NoticeView {
	readonly seq: number;
	readonly kind: string;
	/** Canonical JSON of the body. */
	readonly body: string;
	readonly person: string;
	/** When this device first saw it, in milliseconds since 1970. */
	readonly firstSeen: number;
	/** Whether it can still support a decision: nothing used it or made it void. */
	readonly isOpen: boolean;
}

/** What an application shows of the firm. Everything comes from the verified log, and none of it is secret. */
export interface VaultState {
	readonly device: StoredDevice & { readonly id: string; readonly isActive: boolean };
	/** Null before the device believes a log. */
	readonly log: {
		readonly genesis: string;
		readonly head: string;
		readonly size: number;
		/** Whether the device may seal, wrap and sign, as far as the age of the log decides. */
		readonly isFresh: boolean;
	} | null;
	/** The vkeys that this device trusts for checkpoints of the log; none before its first checkpoint. */
	readonly checkpointKeys: readonly string[];
	/** After a recovery: nothing is sent until the person confirms people and custody. */
	readonly isUnconfirmed: boolean;
	/** Whether the recovery code that was made here last, or else the one in the log, is still to be typed back. */
	readonly isCodeToConfirm: boolean;
	readonly people: readonly PersonView[];
	/** What a MEMBER reads; null for every class. */
	readonly memberClasses: readonly string[] | null;
	/** SHA-256 of the manifests of releases of the application that the firm trusts, in hex; null for any. */
	readonly trustedReleases: readonly string[] | null;
	/** Whether the application that runs is one of them, or is not asked. If not, nothing opens. */
	readonly isReleaseTrusted: boolean;
	readonly classes: readonly ClassView[];
	readonly notices: readonly NoticeView[];
}

/** Keys that are missing. */
export interface MissingKeys {
	/** Versions that this device may open, and for which it has no wrap. */
	readonly cannotOpen: readonly ClassVersion[];
	/** Versions whose key this device has, with the devices that have no usable wrap of them among those that the vault was shown. */
	readonly lacking: readonly (ClassVersion & { readonly devices: readonly string[] })[];
}

export function describeState(session: Session): VaultState {
	const { stored, device, state, believed } = session;
	const log = believed?.log ?? null;
	return {
		device: { ...stored, id: device.id, isActive: session.own !== null },
		log: log && { genesis: log.genesis, head: log.head, size: log.size, isFresh: session.isFresh },
		checkpointKeys: state.checkpointKeys,
		isUnconfirmed: state.isUnconfirmed,
		isCodeToConfirm: isCodeToConfirm(session),
		people: log ? peopleOf(session, log) : [],
		memberClasses: log?.memberClasses.at(-1)?.value ?? null,
		trustedReleases: log?.trustedReleases ?? null,
		isReleaseTrusted: log === null || session.isTrusted(log),
		classes: log ? [...log.classes.keys()].map((name) => classOf(session, log, name)) : [],
		notices: log ? noticesOf(session, log) : [],
	};
}

/** A code that is not in the log yet comes first: it may take the place of one that was never written down. */
function isCodeToConfirm({ state, stored, believed }: Session): boolean {
	const { untypedCodes, latestCode } = state;
	const ways = (believed?.log.people.get(stored.person)?.ways ?? []).map(({ id }) => id);
	const isPending = latestCode !== null && believed?.log.devices.get(latestCode) === undefined;
	return (isPending ? [latestCode] : ways).some((id) => untypedCodes.includes(id));
}

/** People who have a role. */
function peopleOf({ names }: Session, log: KeyLog): readonly PersonView[] {
	return [...log.people].flatMap(([person, { role }]) => {
		if (role === null) return [];
		const devices = devicesOf(log, person).map(({ id, added }) => {
			const addedAt = log.chain.at(added)?.entry.time as string;
			return { id, added, addedAt };
		});
		const recovery = usableWaysOf(log, person).map(({ way }) => way);
		return [{ person, name: names.get(person)?.name ?? null, role, devices, recovery }];
	});
}

function classOf(session: Session, log: KeyLog, name: string): ClassView {
	const versions = [...(log.classes.get(name)?.versions ?? [])].map(([version, { stale, retired }]) => ({
		version,
		stale: stale !== null,
		retired: retired !== null,
	}));
	const writable = writableVersion(log, name);
	// A thief of an owner's device announces that a class goes to the platform, and takes it there at once: not yet for this device.
	const custody = custodyOf(log, name, session.settledSize(log) - 1);
	return { class: name, custody, writable, versions, isEntitled: isEntitled(log, session.device.id, name) };
}

function noticesOf(session: Session, log: KeyLog): readonly NoticeView[] {
	return [...log.notices].map(([seq, { kind, body, person }]) => ({
		seq,
		kind,
		body,
		person,
		firstSeen: session.firstSeen(seq),
		isOpen: isNoticeOpen(log, seq),
	}));
}

export function findMissing(session: Session): MissingKeys {
	const { log } = session;
	const own = session.own;
	const usable = [...log.classes].flatMap(([name, { versions }]) =>
		[...versions].flatMap(([version, { retired }]) => (retired === null ? [{ class: name, version }] : [])),
	);
	if (own === null) return { cannotOpen: [], lacking: [] };
	const entitled = usable.filter((each) => isEntitled(log, own.id, each.class));
	return {
		cannotOpen: entitled.filter((each) => session.dataKeys.get(each) === undefined),
		lacking: entitled.flatMap((each) => {
			if (session.dataKeys.get(each) === undefined) return [];
			const devices = lackingOf(session, log, each, own.person);
			return devices.length === 0 ? [] : [{ ...each, devices }];
		}),
	};
}

/**
 * Devices without a wrap that counts: of an owner's device, of their own person's, or of this one. A member could make a useless one for
 * someone else, and only its recipient sees that. For the own recovery key, one by its own person counts alone: no one sees a useless one
 * before the day of loss.
 */
function lackingOf(
	{ dataKeys, device }: Session,
	log: KeyLog,
	version: ClassVersion,
	person: string,
): readonly string[] {
	const wrappers = dataKeys.wrappersOf(version);
	return entitledDevices(log, version.class)
		.filter(({ id, kind, person: owner }) => {
			if (id === device.id) return false;
			const isOwnRecovery = kind === 'RECOVERY' && owner === person;
			return ![...(wrappers.get(id) ?? [])].some((by) => {
				const wrapper = log.devices.get(by);
				if (wrapper?.person === owner) return true;
				const isOwner = wrapper?.revoked === null && log.people.get(wrapper.person)?.role === 'OWNER';
				return !isOwnRecovery && (isOwner || by === device.id);
			});
		})
		.map(({ id }) => id);
}
