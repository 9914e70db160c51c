import {
	type Agreement,
	commitToDataKey,
	composeEntry,
	custodyOf,
	entitledDevices,
	extendKeyLog,
	fromBase64,
	generateDataKey,
	isEntitled,
	type KeyLog,
	type KeyLogBody,
	type KeyLogKind,
	type LogDevice,
	newestVersion,
	readEntry,
	type SaltedName,
	sealWrap,
	toBase64,
} from '../../custody/index.ts';
import type { ClassVersion } from './data-keys.ts';
import type { Session } from './session.ts';

/** A share of a recovery key, sealed to a device of a holder. */
export interface SealedRecoveryShare {
	/** Whose key it is. */
	readonly person: string;
	/** Id of the RECOVERY device. */
	readonly device: string;
	/** Id of the holder's device. */
	readonly recipient: string;
	/** Base64 of enc || ct. */
	readonly share: string;
}

/** What a decision sends to the service in one go: it is appended as a whole, or not at all. */
export interface LogChanges {
	readonly entries: readonly string[];
	readonly wraps: readonly string[];
	readonly names: readonly SaltedName[];
	readonly shares: readonly SealedRecoveryShare[];
}

/** A data key that this device has as bytes, for a moment. */
interface HeldKey extends ClassVersion {
	readonly bytes: Uint8Array;
}

/**
 * Entries of this device that follow its log. Each is checked by the rules of the log before the next is made, so that nothing is signed
 * that a reader would refuse. The session's own log grows only when the service returns the entries.
 */
export class Draft {
	readonly #session: Session;
	readonly #before: KeyLog;
	readonly #generated: HeldKey[] = [];
	readonly #entries: string[] = [];
	readonly #names: SaltedName[] = [];
	log: KeyLog;

	/** @throws VaultError unless the session may sign now */
	constructor(session: Session) {
		this.#session = session;
		this.#before = session.requireMaySend();
		this.log = this.#before;
	}

	/** @throws KeyLogError if the log does not allow the entry */
	async append<K extends KeyLogKind>(kind: K, body: KeyLogBody<K>, agreement?: Agreement): Promise<this> {
		const { device, parts } = this.#session;
		const signed = { log: this.log, kind, body, device, time: new Date(parts.clock.now()).toISOString() };
		const read = await readEntry(await composeEntry(agreement === undefined ? signed : { ...signed, agreement }));
		this.log = await extendKeyLog(this.log, read);
		this.#entries.push(read.text);
		return this;
	}

	name(name: SaltedName): void {
		this.#names.push(name);
	}

	/** A new data key. Its wraps are made by finish(). */
	async generate(className: string, version: number): Promise<void> {
		const bytes = generateDataKey();
		this.#generated.push({ class: className, version, bytes });
		const commitment = await commitToDataKey(bytes, { firm: this.log.firm, class: className, version });
		await this.append('key.generate', { class: className, commitment: toBase64(commitment), version });
	}

	/** New data keys for the classes that need one since someone lost access. The platform makes its own for classes in its custody. */
	async replaceStale(): Promise<this> {
		for (const [name, { versions }] of this.log.classes) {
			const newest = newestVersion(this.log, name);
			const isStale = (versions.get(newest)?.stale ?? null) !== null;
			const isOurs = custodyOf(this.log, name) !== 'PLATFORM' && isEntitled(this.log, this.#session.device.id, name);
			if (isStale && isOurs) await this.generate(name, newest + 1);
		}
		return this;
	}

	/** With the wraps for each device that is entitled to a key now and was not before. */
	async finish(shares: readonly SealedRecoveryShare[] = []): Promise<LogChanges> {
		try {
			const wraps: string[] = [];
			for (const key of this.#generated) wraps.push(...(await this.#wrap(key, entitledDevices(this.log, key.class))));
			for (const name of this.log.classes.keys()) wraps.push(...(await this.#wrapOlder(name)));
			return { entries: this.#entries, wraps, names: this.#names, shares };
		} finally {
			for (const { bytes } of this.#generated) bytes.fill(0);
		}
	}

	/** Versions that are as old as the log before, for devices that come to read the class. */
	async #wrapOlder(className: string): Promise<readonly string[]> {
		const added = entitledDevices(this.log, className).filter(({ id }) => !isEntitled(this.#before, id, className));
		const held = heldVersions(this.#session, this.log, className);
		const isNew = (version: number): boolean =>
			this.#generated.some((key) => key.class === className && key.version === version);
		const older = held.filter(({ version }) => !isNew(version));
		return added.length === 0 ? [] : wrapAll(this.#session, this.log, older, added);
	}

	#wrap(key: HeldKey, devices: readonly LogDevice[]): Promise<readonly string[]> {
		return wrapFor(this.#session, this.log, key, devices);
	}
}

/** The versions of a class whose key the session has, and that are not retired. */
function heldVersions({ dataKeys }: Session, log: KeyLog, className: string): readonly ClassVersion[] {
	return [...(log.classes.get(className)?.versions ?? [])].flatMap(([version, { retired }]) => {
		const each = { class: className, version };
		return retired === null && dataKeys.get(each) !== undefined ? [each] : [];
	});
}

/** Wraps of versions that the session holds, for each of the devices. */
export async function wrapAll(
	session: Session,
	log: KeyLog,
	versions: readonly ClassVersion[],
	devices: readonly LogDevice[],
): Promise<readonly string[]> {
	const wraps: string[] = [];
	for (const version of versions) {
		const bytes = await session.dataKeys.bytesOf(version, session, session.log);
		try {
			wraps.push(...(await wrapFor(session, log, { ...version, bytes }, devices)));
		} finally {
			bytes.fill(0);
		}
	}
	return wraps;
}

/** Wraps of one key, at the head of the log. The devices' keys are those of the log. */
function wrapFor(
	{ device }: Session,
	log: KeyLog,
	{ bytes, ...version }: HeldKey,
	devices: readonly LogDevice[],
): Promise<readonly string[]> {
	const place = { ...version, firm: log.firm, head: log.head, wrapper: device, dataKey: bytes };
	return Promise.all(devices.map((each) => sealWrap({ ...place, recipient: publicKeysOf(each) })));
}

/** As the log has them, verified by its device statement. */
export const publicKeysOf = ({ exchange, signing }: LogDevice) => ({
	exchange: fromBase64(exchange) as Uint8Array,
	signing: fromBase64(signing) as Uint8Array,
});
