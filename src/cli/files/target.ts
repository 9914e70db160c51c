import { FirmsealError } from '../../errors.ts';
import { currentIo } from '../io.ts';
import type { FileHead } from './file-head.ts';

/** Where the bytes of a file go, in their order. */
export interface Target {
	/** Of which file something is here already, and how much, so that the rest is enough; null: nothing. */
	found(): Promise<{ readonly tag: string; readonly size: number } | null>;
	/** What is found is of no use. */
	discard(): Promise<void>;
	/** Makes ready for a file's bytes, the first of which is `head.start`; what is here of another file goes. */
	begin(head: FileHead): Promise<void>;
	/** The piece may be reused when it resolves. */
	write(piece: Uint8Array): Promise<void>;
	/** All has come: whether it is that file, since what an earlier run has left may be of anything. */
	isWhole(head: FileHead): Promise<boolean>;
	/** All is here: answers where. null: nowhere that has a name. */
	finish(): Promise<string | null>;
	/** Lets go of an incomplete file; answers whether what is here of it is found again. */
	leave(): Promise<boolean>;
}

/** What has gone to standard output can't be taken back: it is continued, or given up. */
export function standardOutput(): Target {
	let tag: string | null = null;
	let size = 0;
	// The write's own callback has the news.
	const { stdout } = currentIo();
	stdout.on('error', () => {});
	const changed = () =>
		new FirmsealError('CONFLICT', 'The file was replaced while a part of it was out already: begin again.');
	return {
		async found() {
			return tag === null || size === 0 ? null : { tag, size };
		},
		async discard() {
			throw changed();
		},
		async begin(head) {
			if (size > 0 && (head.tag !== tag || head.start !== size)) throw changed();
			tag = head.tag;
		},
		write(piece) {
			size += piece.length;
			return new Promise((resolve, reject) => {
				stdout.write(piece, (error) => (error ? reject(outputClosedError()) : resolve()));
			});
		},
		async isWhole() {
			return true;
		},
		async finish() {
			return null;
		},
		async leave() {
			return false;
		},
	};
}

const outputClosedError = () =>
	new FirmsealError('BAD_USER_INPUT', 'Standard output was closed before the file’s end.');
