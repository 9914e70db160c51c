import { type AnchorStore, AnchorStoreError } from '../../audit-log/anchors/index.ts';
import { mapErrors, type ObjectStore, ObjectStoreError } from '../../documents/index.ts';
import { type AnchorKind, nameOfAnchor } from './anchor-name.ts';

export interface ObjectAnchorStoreOptions {
	/** Wrapped by guardStore(). Holds nothing but anchors and erasure records. */
	readonly objects: ObjectStore;
	/** Name of the installation that the anchors belong to. */
	readonly installation: string;
	/** Default: `anchor`. */
	readonly kind?: AnchorKind;
}

/** Keeps anchors as objects of a dedicated bucket or directory (README.md). */
export function openObjectAnchorStore({ objects, installation, kind }: ObjectAnchorStoreOptions): AnchorStore {
	const nameOf = (number: number) => nameOfAnchor(installation, number, kind);
	return {
		write: (number, body, signal) =>
			callWithAnchorErrors(() => objects.write(nameOf(number), body, { size: null, signal })),
		read: (number, signal) =>
			callWithAnchorErrors(async () => {
				const name = nameOf(number);
				const size = await objects.measure(name);
				return size === null
					? null
					: mapErrors(objects.read(name, { start: 0, end: size }, signal), toAnchorStoreError);
			}),
		has: (number) => callWithAnchorErrors(async () => (await objects.measure(nameOf(number))) !== null),
		inspect: () =>
			callWithAnchorErrors(async () =>
				(await objects.inspect()).map((found) => ({ ...found, check: `anchors: ${found.check}` })),
			),
		check: () => callWithAnchorErrors(() => objects.check()),
	};
}

async function callWithAnchorErrors<Answer>(work: () => Promise<Answer>): Promise<Answer> {
	try {
		return await work();
	} catch (error) {
		throw toAnchorStoreError(error);
	}
}

/** An anchor that disappears while it is read is reported as AWAY. The next call finds that it is gone. */
function toAnchorStoreError(error: unknown): unknown {
	if (!(error instanceof ObjectStoreError)) return error;
	return new AnchorStoreError(error.reason === 'ABSENT' ? 'AWAY' : error.reason, error.message);
}
