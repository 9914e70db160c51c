import { verifyCheckpoint, verifyConsistency } from '../../audit/verify/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type CheckpointKey, type CheckpointKeys, KeyUnavailableError } from '../../keys/index.ts';
import { originOf, signNote, type TreeHead, verifierKeyOf } from './note.ts';

/** A tree that needs a checkpoint, and the proof that it continues its last one. */
export interface UnsignedHead extends TreeHead {
	/** RFC 6962 section 2.1.2, from the size that lastSizes() returned. */
	readonly proof: readonly Uint8Array[];
}

/**
 * Signs heads of trees. It keeps the last signed head of each tree, and refuses a head that is smaller or does not begin with the same
 * leaves.
 */
export interface Signer {
	/** The vkey that verifies new checkpoints of an origin. */
	verifierKey(origin: string): string;
	/** Looks for a newer key. Known heads are kept. @throws KeyUnavailableError */
	refresh(): Promise<void>;
	/**
	 * Sizes of the last heads of origins; 0 for an origin that was never signed.
	 * @throws SignerRefusedError if none of our keys signed a last checkpoint.
	 */
	lastSizes(origins: readonly string[]): Promise<number[]>;
	/**
	 * A C2SP signed note for each head, in the same order. `before`: the recent vkeys of the root tree, as its leaves name them.
	 * @throws SignerRefusedError; then no head is signed.
	 */
	sign(heads: readonly UnsignedHead[], before: readonly string[]): Promise<string[]>;
}

/** The store of the signer's earlier checkpoints. */
export interface SignedHeads {
	/** The last checkpoints of trees of the installation, by origin. An origin without a checkpoint is left out. */
	find(origins: readonly string[]): Promise<ReadonlyMap<string, string>>;
	/** Keeps the last checkpoint of the root tree. Resolves when it is durable. */
	saveRoot(note: string): Promise<void>;
}

export interface SignerOptions {
	readonly keys: CheckpointKeys;
	readonly heads: SignedHeads;
	readonly installation: string;
}

/** The log was changed by someone other than its leader, or restored from a backup. */
export class SignerRefusedError extends FirmsealError {
	override readonly name = 'SignerRefusedError';
	readonly origin: string;

	constructor(origin: string, because: string) {
		super(
			'AUDIT_UNAVAILABLE',
			`The signer refuses the tree ${origin}: ${because} Run \`firmseal audit verify\`. After a restore, run \`firmseal audit rebuild\`.`,
		);
		this.origin = origin;
	}
}

interface Head extends TreeHead {
	/** Version of the key that signed the head. */
	readonly version: number;
}

/** @throws SignerRefusedError if none of our keys signed the last checkpoint of the root tree; KeyUnavailableError */
export async function createSigner({ keys, heads, installation }: SignerOptions): Promise<Signer> {
	const root = originOf(installation, null);
	const known = new KnownHeads(keys, heads);
	// Before a key is requested: a signer that can't continue must not make a key.
	await known.recall([root]);
	return new HeadSigner({ keys, heads, root, known }, await findActiveKey(keys, known.get(root)));
}

/** Makes a key only for a log that was never signed. After a loss of the key service, a new key would replace the keys that come back. */
async function findActiveKey(keys: CheckpointKeys, lastOfRoot: Head | null): Promise<CheckpointKey> {
	if (!lastOfRoot) return keys.active();
	const key = await keys.current();
	if (key) return key;
	throw new KeyUnavailableError(
		'REFUSED',
		"No checkpoint key can sign: recover the platform's keys from their escrow first.",
	);
}

/** The last signed head of each tree that was asked for. */
class KnownHeads {
	readonly #keys: CheckpointKeys;
	readonly #heads: SignedHeads;
	readonly #last = new Map<string, Head | null>();

	constructor(keys: CheckpointKeys, heads: SignedHeads) {
		this.#keys = keys;
		this.#heads = heads;
	}

	/** null if the tree was never signed. */
	get(origin: string): Head | null {
		return this.#last.get(origin) ?? null;
	}

	set(origin: string, head: Head): void {
		this.#last.set(origin, head);
	}

	async recall(origins: readonly string[]): Promise<void> {
		const unknown = origins.filter((origin) => !this.#last.has(origin));
		if (unknown.length === 0) return;
		const notes = await this.#heads.find(unknown);
		const own = notes.size > 0 ? await this.#keys.all() : [];
		for (const origin of unknown) {
			const note = notes.get(origin);
			this.#last.set(origin, note === undefined ? null : await openOwn(origin, note, own));
		}
	}
}

/** Opens the note with the first key that signed it. */
async function openOwn(origin: string, note: string, own: readonly CheckpointKey[]): Promise<Head> {
	for (const { version, publicKey } of own) {
		const opened = await verifyCheckpoint(note, verifierKeyOf(origin, publicKey)).catch(() => null);
		if (opened) return { ...opened, version };
	}
	throw new SignerRefusedError(origin, 'none of our keys signed its last checkpoint.');
}

async function assertGoesOn({ proof, ...head }: UnsignedHead, before: Head | null): Promise<void> {
	if (!before) return;
	if (head.size < before.size)
		throw new SignerRefusedError(head.origin, `it has ${head.size} leaves and had ${before.size}.`);
	const { size: size1, root: root1 } = before;
	await verifyConsistency({ size1, size2: head.size, root1, root2: head.root, proof }).catch(() => {
		throw new SignerRefusedError(head.origin, `its first ${size1} leaves differ from those that were signed.`);
	});
}

interface HeadSignerParts {
	readonly keys: CheckpointKeys;
	readonly heads: SignedHeads;
	readonly root: string;
	readonly known: KnownHeads;
}

class HeadSigner implements Signer {
	readonly #parts: HeadSignerParts;
	#active: CheckpointKey;
	/** Versions of our keys by their vkeys of the root tree. Filled when the root tree names a key other than the active one. */
	readonly #named = new Map<string, number>();

	constructor(parts: HeadSignerParts, active: CheckpointKey) {
		this.#parts = parts;
		this.#active = active;
	}

	verifierKey(origin: string): string {
		return verifierKeyOf(origin, this.#active.publicKey);
	}

	async refresh(): Promise<void> {
		const { keys, known, root } = this.#parts;
		this.#active = await findActiveKey(keys, known.get(root));
	}

	async lastSizes(origins: readonly string[]): Promise<number[]> {
		const { known } = this.#parts;
		await known.recall(origins);
		return origins.map((origin) => known.get(origin)?.size ?? 0);
	}

	async sign(unsigned: readonly UnsignedHead[], before: readonly string[]): Promise<string[]> {
		const { heads, known, root: rootOrigin } = this.#parts;
		await known.recall(unsigned.map(({ origin }) => origin));
		const versions: number[] = [];
		for (const vkey of before) versions.push(await this.#versionOf(vkey));
		for (const head of unsigned) await assertGoesOn(head, known.get(head.origin));
		const notes: string[] = [];
		for (const head of unsigned) {
			const { origin, size, root } = head;
			const note = signNote(head, await this.#keysFor(origin, versions));
			if (origin === rootOrigin) await heads.saveRoot(note);
			known.set(origin, { origin, size, root, version: this.#active.version });
			notes.push(note);
		}
		return notes;
	}

	/** The version of a key that the root tree names. If it is not one of ours, someone else wrote the log. */
	async #versionOf(vkey: string): Promise<number> {
		const { keys, root } = this.#parts;
		if (vkey === this.verifierKey(root)) return this.#active.version;
		// Looked up once per key: a key that can't be opened is requested again each time.
		if (!this.#named.has(vkey))
			for (const key of await keys.all()) this.#named.set(verifierKeyOf(root, key.publicKey), key.version);
		const version = this.#named.get(vkey);
		if (version === undefined) throw new SignerRefusedError(root, 'it names a key that is not ours.');
		return version;
	}

	/**
	 * The first checkpoint of a firm's tree or key log under a new key is also signed by the keys before it, so that a verifier that trusts one of those
	 * can move to the new key. Every checkpoint of the root tree is signed by all of them, because no one knows which one will be anchored.
	 */
	async #keysFor(origin: string, before: readonly number[]): Promise<CheckpointKey[]> {
		const { keys, known, root } = this.#parts;
		const active = this.#active;
		const own = known.get(origin)?.version;
		const isLed = origin !== root && (own === undefined || own === active.version);
		if (isLed) return [active];
		const versions = new Set([active.version, ...(origin === root || own === undefined ? [] : [own]), ...before]);
		return Promise.all(
			[...versions].map(async (version) => (version === active.version ? active : keys.ofVersion(version))),
		);
	}
}
