/** A part of an upload. Its memory isn't reused until it has been sent. */
export interface UploadPart {
	/** From 1. */
	readonly number: number;
	readonly bytes: Uint8Array;
}

export interface PartBuffersOptions {
	/** Bytes of the part with this number. */
	readonly sizeOf: (number: number) => number;
	/** Sends a part that isn't the last. At most two are in flight. */
	readonly send: (part: UploadPart) => Promise<void>;
}

export interface PartBuffers {
	/** Copies the piece. Throws the error of sending an earlier part. */
	add(piece: Uint8Array): Promise<void>;
	/** The rest, once all other parts are sent. For an empty body: part 1 without bytes. */
	last(): Promise<UploadPart>;
	/** Resolves when no part is in flight. */
	settled(): Promise<void>;
}

interface Space {
	bytes: Uint8Array;
	sent: Promise<void>;
}

/** Cuts a body into parts, and sends each part while the next is filled. Takes the memory of two parts, whatever the size of the pieces. */
export function createPartBuffers({ sizeOf, send }: PartBuffersOptions): PartBuffers {
	const newSpace = (): Space => ({ bytes: new Uint8Array(), sent: Promise.resolve() });
	let [filling, other] = [newSpace(), newSpace()];
	let number = 1;
	let filled = 0;

	const part = (): UploadPart => ({ number, bytes: filling.bytes.subarray(0, filled) });

	function sendOff(): void {
		filling.sent = send(part());
		// The next call that awaits `sent` throws the error.
		filling.sent.catch(() => {});
		[filling, other] = [other, filling];
		number += 1;
		filled = 0;
	}

	async function prepare(): Promise<void> {
		await filling.sent;
		const size = sizeOf(number);
		// Not zeroed, so that the system commits only the memory that is filled.
		if (filling.bytes.length !== size) filling.bytes = Buffer.allocUnsafeSlow(size);
	}

	return {
		async add(piece) {
			for (let start = 0; start < piece.length; ) {
				// Sends a full buffer only when another byte comes, because the last part must not be sent here.
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
