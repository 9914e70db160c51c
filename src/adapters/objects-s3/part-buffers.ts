/** A part, in memory that is its own until it has been sent. */
export interface UploadPart {
	/** From 1. */
	readonly number: number;
	readonly bytes: Uint8Array;
}

export interface PartBuffersOptions {
	/** Bytes of the part of that number. */
	readonly sizeOf: (number: number) => number;
	/** Sends a part that isn't the last. Two at most are under way. */
	readonly send: (part: UploadPart) => Promise<void>;
}

export interface PartBuffers {
	/** Takes the whole piece. Throws what the sending of a part before threw. */
	add(piece: Uint8Array): Promise<void>;
	/** What isn't sent yet, once all before is; of an empty body nothing, as part 1. */
	last(): Promise<UploadPart>;
	/** Resolves when nothing is on its way any more. */
	settled(): Promise<void>;
}

interface Space {
	bytes: Uint8Array;
	sent: Promise<void>;
}

/** Cuts a body into parts, and has each sent while the next is filled. Memory is two parts, whatever the pieces are. */
export function createPartBuffers({ sizeOf, send }: PartBuffersOptions): PartBuffers {
	const newSpace = (): Space => ({ bytes: new Uint8Array(), sent: Promise.resolve() });
	let [filling, other] = [newSpace(), newSpace()];
	let number = 1;
	let filled = 0;

	const part = (): UploadPart => ({ number, bytes: filling.bytes.subarray(0, filled) });

	function sendOff(): void {
		filling.sent = send(part());
		// The next to fill the buffer, or to end, hears of a failure.
		filling.sent.catch(() => {});
		[filling, other] = [other, filling];
		number += 1;
		filled = 0;
	}

	async function prepare(): Promise<void> {
		await filling.sent;
		const size = sizeOf(number);
		// Memory that the system gives only as far as it is filled.
		if (filling.bytes.length !== size) filling.bytes = Buffer.allocUnsafeSlow(size);
	}

	return {
		async add(piece) {
			for (let start = 0; start < piece.length; ) {
				// A full one waits for a further byte: without one it is the last.
				if (filled > 0 && filled === filling.bytes.length) sendOff();
				if (filled === 0) await prepare();
				const taken = piece.subarray(start, start + filling.bytes.length - filled);
				filling.bytes.set(taken, filled);
				filled += taken.length;
				start += taken.length;
			}
		},
		async last() {
			await Promise.all([filling.sent, other.sent]);
			return part();
		},
		async settled() {
			await Promise.allSettled([filling.sent, other.sent]);
		},
	};
}
