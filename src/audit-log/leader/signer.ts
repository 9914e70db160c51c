import { verifyCheckpoint, verifyConsistency } from '../../audit/verify/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type CheckpointKey, type CheckpointKeys, KeyUnavailableError } from '../../keys/index.ts';
import { originOf, signNote, type TreeHead, verifierKeyOf } from './note.ts';

/** A tree that wants a checkpoint, and the proof that it goes on from the last one. */
export interface UnsignedHead extends TreeHead {
	/** RFC 6962 section 2.1.2, from the size that lastSizes() has said. */
	readonly proof: readonly Uint8Array[];
}

/**
 * Signs what trees are. It keeps the last head of each that it has signed, and refuses one that is smaller, or that doesn't begin with
 * the leaves of the last.
 */
export interface Signer {
	/** The vkey by which checkpoints of an origin are to be verified from now on. */
	verifierKey(origin: string): string;
	/** Looks for a newer key, and forgets nothing. @throws KeyUnavailableError */
	refresh(): Promise<void>;
	/** Sizes of the last heads of origins; 0 for one that was never signed. @throws SignerRefusedError for a last checkpoint that isn't of a key of ours. */
	lastSizes(origins: readonly string[]): Promise<number[]>;
	/**
	 * A C2SP signed note for each, in their order. `before`: vkeys of the root tree that have been in force lately, as its leaves name
	 * them. @throws SignerRefusedError; then none is signed.
	 */
	sign(heads: readonly UnsignedHead[], before: readonly string[]): Promise<string[]>;
}

/** Where the signer finds what it has signed before. */
export interface SignedHeads {
	/** The last checkpoints of trees of the installation, by origin; those that there are none of are left out. */
	find(origins: readonly string[]): Promise<ReadonlyMap<string, string>>;
	/** Keeps the last checkpoint of the root tree; durable when it resolves. */
	saveRoot(note: string): Promise<void>;
}

export interface SignerOptions {
	readonly keys: CheckpointKeys;
	readonly heads: SignedHeads;
	readonly installation: string;
}

/** The log was changed by another than its leader, or restored from a backup. */
export class SignerRefusedError extends FirmsealError {
	override readonly name = 'SignerRefusedError';
	readonly origin: string;

	constructor(origin: string, because: string) {
		super(
			'AUDIT_UNAVAILABLE',
			`The signer refuses the tree ${origin}: ${because} Run \`firmseal audit verify\`, and after a restore \`firmseal audit rebuild\`.`,
		);
		this.origin = origin;
	}
}

interface Head extends TreeHead {
	/** Version of the key that has signed it. */
	readonly version: number;
}

/** @throws SignerRefusedError when none of our keys has signed the last checkpoint of the root tree; KeyUnavailableError */
export async function createSigner({ keys, heads, installation }: SignerOptions): Promise<Signer> {
	const root = originOf(installation, null);
	const known = new KnownHeads(keys, heads);
	// Before a key is asked for: a signer that could not go on makes none.
	await known.recall([root]);
	return new HeadSigner({ keys, heads, root, known }, await findActiveKey(keys, known.get(root)));
}

/** One is made for a log that no one has signed: after a loss of the key service it would take the place of the keys that come back. */
async function findActiveKey(keys: CheckpointKeys, lastOfRoot: Head | null): Promise<CheckpointKey> {
	if (!lastOfRoot) return keys.active();
	const key = await keys.current();
	if (key) return key;
	throw new KeyUnavailableError(
		'REFUSED',
		"No key of checkpoints signs: bring the platform's keys back from their escrow first.",
	);
}

/** The last head of each tree that was signed, as far as it was asked for. */
class KnownHeads {
	readonly #keys: CheckpointKeys;
	readonly #heads: SignedHeads;
	readonly #last = new Map<string, Head | null>();

	constructor(keys: CheckpointKeys, heads: SignedHeads) {
		this.#keys = keys;
		this.#heads = heads;
	}

	/** null: it was never signed. */
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

/** By the first of the keys that has signed it. */
async function openOwn(origin: string, note: string, own: readonly CheckpointKey[]): Promise<Head> {
	for (const { version, publicKey } of own) {
		const opened = await verifyCheckpoint(note, verifierKeyOf(origin, publicKey)).catch(() => null);
		if (opened) return { ...opened, version };
	}
	throw new SignerRefusedError(origin, 'its last checkpoint was signed by none of our keys.');
}

async function assertGoesOn({ proof, ...head }: UnsignedHead, before: Head | null): Promise<void> {
	if (!before) return;
	if (head.size < before.size)
		throw new SignerRefusedError(head.origin, `it has ${head.size} leaves, and had ${before.size}.`);
	const { size: size1, root: root1 } = before;
	await verifyConsistency({ size1, size2: head.size, root1, root2: head.root, proof }).catch(() => {
		throw new SignerRefusedError(head.origin, `its first ${size1} leaves are not those that were signed.`);
	});
}

interface HeadSignerParts {
	readonly keys: CheckpointKeys;
	readonly heads: SignedHeads;
	/** Origin of the root tree. */
	readonly root: string;
	readonly known: KnownHeads;
}

class HeadSigner implements Signer {
	readonly #parts: HeadSignerParts;
	#active: CheckpointKey;
	/** Versions of our keys by their vkeys of the root tree, as far as the root tree has named one that isn't the active. */
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

	/** Of a key that the root tree names; it is one of ours, or someone else put the log together. */
	async #versionOf(vkey: string): Promise<number> {
		const { keys, root } = this.#parts;
		if (vkey === this.verifierKey(root)) return this.#active.version;
		// Once for each: a key that can't be opened is asked for again each time.
		if (!this.#named.has(vkey))
			for (const key of await keys.all()) this.#named.set(verifierKeyOf(root, key.publicKey), key.version);
		const version = this.#named.get(vkey);
		if (version === undefined) throw new SignerRefusedError(root, 'it names a key that is none of ours.');
		return version;
	}

	/**
	 * Of a firm's tree the first checkpoint under a new key is signed by those before it too, so that a verifier that trusts one of them can
	 * go over; of the root tree every one, since no one knows which is anchored.
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
