import { judgeBundle, linesOf, type Sha256 } from '../../../src/audit/verify/log.ts';
import type { KeptLog } from './kept-log.ts';
import type { OfferedCheckpoint } from './offered-log.ts';

/** The file that `/verify` and `firmseal audit verify` accept (src/audit/FORMAT.md, "Bundle"), written page by page. */
export class BundleFile {
	readonly #kept: KeptLog;
	readonly #checkpoint: OfferedCheckpoint;
	readonly #parts: (Blob | string)[] = [];
	#size = 0;

	constructor(kept: KeptLog, checkpoint: OfferedCheckpoint) {
		this.#kept = kept;
		this.#checkpoint = checkpoint;
		const { origin, head } = kept;
		this.#parts.push(`${JSON.stringify({ format: 'firmseal-audit-bundle', origin, size: head.size, v: 1 })}\n`);
	}

	/** Returns how many entries there are now. */
	add(leaves: readonly string[]): number {
		// A Blob, because the browser may keep it outside memory.
		this.#parts.push(new Blob(leaves.map((leaf) => `${leaf}\n`)));
		this.#size += leaves.length;
		return this.#size;
	}

	/** The finished file, judged by the same rules as `/verify` does; otherwise why it is no proof. */
	async end(sha256: Sha256): Promise<{ readonly file: Blob } | { readonly refused: string }> {
		const { note, rootInclusion } = this.#checkpoint;
		const { index = 0, hashes: proof = [], note: checkpoint = '' } = rootInclusion ?? {};
		this.#parts.push(`${JSON.stringify({ checkpoint: note, root: { checkpoint, index, proof } })}\n`);
		const file = new Blob(this.#parts, { type: 'application/jsonl' });
		const { found, says } = await judgeBundle({
			name: 'log',
			lines: linesOf(chunksOf(file)),
			vkeys: this.#kept.vkeys,
			sha256,
			since: [{ name: 'kept checkpoint', bytes: new TextEncoder().encode(this.#kept.head.note) }],
		});
		return found === null ? { refused: says } : { file };
	}
}

async function* chunksOf(file: Blob): AsyncGenerator<Uint8Array> {
	const reader = file.stream().getReader();
	for (let part = await reader.read(); !part.done; part = await reader.read()) yield part.value;
}
