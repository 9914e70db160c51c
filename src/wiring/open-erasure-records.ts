import { AnchorStoreError } from '../audit-log/anchors/index.ts';
import type { Config } from '../config/index.ts';
import type { ErasureRecordStore } from '../jobs/index.ts';
import { openAnchors } from './open-stores.ts';

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
	yield bytes;
}

/** Erasure records lie beside the log's anchors, under numbers of their own. @throws SetupError if other users can reach the directory */
export async function openErasureRecords(
	config: Config,
	opening: { readonly createDirectory?: boolean } = {},
): Promise<ErasureRecordStore> {
	const store = await openAnchors(config, { kind: 'tombstone', ...opening });
	return {
		async write(number, tombstone, signal) {
			try {
				await store.write(number, once(tombstone), signal);
				return true;
			} catch (error) {
				if (error instanceof AnchorStoreError && error.reason === 'EXISTS') return false;
				throw error;
			}
		},
		async read(number, most, signal) {
			const pieces = await store.read(number, signal);
			if (!pieces) return null;
			const read: Uint8Array[] = [];
			let size = 0;
			for await (const piece of pieces) {
				read.push(Uint8Array.from(piece));
				size += piece.length;
				if (size > most) break;
			}
			return Buffer.concat(read);
		},
		has: (number) => store.has(number),
	};
}
