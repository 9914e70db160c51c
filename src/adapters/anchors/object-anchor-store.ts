import { type AnchorStore, AnchorStoreError } from '../../audit-log/anchors/index.ts';
import { type ObjectStore, ObjectStoreError } from '../../documents/index.ts';
import { type AnchorKind, nameOfAnchor } from './anchor-name.ts';

export interface ObjectAnchorStoreOptions {
	/** Guarded, and of anchors alone. */
	readonly objects: ObjectStore;
	/** Name of the installation, whose anchors these are. */
	readonly installation: string;
	/** Anchors unless given. */
	readonly kind?: AnchorKind;
}

/** Anchors as objects of a bucket or a directory of their own (README.md). */
export function openObjectAnchorStore({ objects, installation, kind }: ObjectAnchorStoreOptions): AnchorStore {
	const nameOf = (number: number) => nameOfAnchor(installation, number, kind);
	return {
		write: (number, body, signal) =>
			callWithAnchorErrors(() => objects.write(nameOf(number), body, { size: null, signal })),
		read: (number, signal) =>
			callWithAnchorErrors(async () => {
				const name = nameOf(number);
				const size = await objects.measure(name);
				return size === null ? null : withAnchorErrors(objects.read(name, { start: 0, end: size }, signal));
			}),
		has: (number) => callWithAnchorErrors(async () => (await objects.measure(nameOf(number))) !== null),
		inspect: () =>
			callWithAnchorErrors(async () =>
				(await objects.inspect()).map((found) => ({ ...found, check: `anchors: ${found.check}` })),
			),
		check: () => callWithAnchorErrors(() => objects.check()),
	};
}

async function* withAnchorErrors(pieces: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
	try {
		yield* pieces;
	} catch (error) {
		throw toAnchorStoreError(error);
	}
}

async function callWithAnchorErrors<Answer>(work: () => Promise<Answer>): Promise<Answer> {
	try {
		return await work();
	} catch (error) {
		throw toAnchorStoreError(error);
	}
}

/** An anchor that goes while it is read is as good as one that does not answer; who asks again hears that it is gone. */
function toAnchorStoreError(error: unknown): unknown {
	if (!(error instanceof ObjectStoreError)) return error;
	return new AnchorStoreError(error.reason === 'ABSENT' ? 'AWAY' : error.reason, error.message);
}
