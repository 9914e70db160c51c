import { leafHash, rootHash } from '../../audit/verify/index.ts';

/**
 * The tree over the entries of a key log (RFC 6962), as the roots of its complete subtrees, the largest first. It never changes: grown()
 * gives another one. So the root after n entries does not need all n again.
 */
export class LogTree {
	readonly #complete: readonly { readonly size: number; readonly hash: Uint8Array }[];

	constructor(complete: readonly { readonly size: number; readonly hash: Uint8Array }[] = []) {
		this.#complete = complete;
	}

	/** With these leaves at the end: texts of entries. */
	async grown(texts: readonly string[]): Promise<LogTree> {
		const complete = [...this.#complete];
		for (const hash of await Promise.all(texts.map(leafHash))) {
			let last = { size: 1, hash };
			while (complete.at(-1)?.size === last.size) {
				const left = complete.pop() as { size: number; hash: Uint8Array };
				last = { size: left.size * 2, hash: await nodeHash(left.hash, last.hash) };
			}
			complete.push(last);
		}
		return new LogTree(complete);
	}

	/** 32 bytes. */
	async root(): Promise<Uint8Array> {
		const [last, ...others] = this.#complete.toReversed();
		if (last === undefined) return rootHash([]);
		let { hash } = last;
		for (const left of others) hash = await nodeHash(left.hash, hash);
		return hash;
	}
}

/** The root of two leaves' hashes is that of any node with these children. */
const nodeHash = (left: Uint8Array, right: Uint8Array): Promise<Uint8Array> => rootHash([left, right]);
