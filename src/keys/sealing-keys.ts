import type { Clock } from '../clock/index.ts';
import { FirmsealError } from '../errors.ts';
import type { AuditedKeyring } from './audited-keyring.ts';
import type { DataKeyStore } from './data-key-store.ts';
import type { ClassKey, OpeningKeys } from './data-keys.ts';
import { generateVersion } from './generate-version.ts';
import { createKeyCache } from './key-cache.ts';
import { type KeyContext, KeyUnavailableError } from './keyring.ts';

/** The keys for sealing. Each value is counted in the store before it is sealed. */
export interface SealingKeys<Key> {
	/** The key for sealing `count` values, which it counts as sealed. Undefined if the key must be loaded. */
	sealingKey(firm: string, keyClass: string, count: number): ClassKey<Key> | undefined;
	/** As sealingKey. Makes the first or the next version if needed. Throws KeyUnavailableError. */
	loadSealingKey(firm: string, keyClass: string, count: number): Promise<ClassKey<Key>>;
	/** Drops the reservations of the firm, or of all firms. */
	purge(firm?: string): void;
}

export interface SealingKeysOptions<Key> {
	/** Opens the key before a reservation, so that no value is sealed under a key that does not open. */
	readonly opening: OpeningKeys<Key>;
	readonly keyring: Pick<AuditedKeyring, 'generateDataKey' | 'describeKey'>;
	readonly store: DataKeyStore;
	readonly ttlSeconds: number;
	/** Most blocks at once. */
	readonly maxKeys: number;
	readonly clock: Pick<Clock, 'now'>;
	/** Values reserved at once. */
	readonly sealBlock: number;
	/** Most values sealed under one data key. */
	readonly sealLimit: number;
}

/** A reservation of values that this process may seal under one version without asking the store. */
interface SealBlock {
	readonly version: number;
	left: number;
}

interface Reserved<Key> {
	readonly block: SealBlock;
	readonly key: ClassKey<Key>;
}

/** An attempt fails only if another process retires the version or makes the next one meanwhile. */
const MAX_ATTEMPTS = 16;

export function createSealingKeys<Key>(options: SealingKeysOptions<Key>): SealingKeys<Key> {
	const { opening, sealLimit, sealBlock } = options;
	const blocks = createKeyCache<SealBlock>({
		max: options.maxKeys,
		ttlSeconds: options.ttlSeconds,
		clock: options.clock,
	});
	const blockAt = (firm: string, keyClass: string) => ({ firm, name: keyClass, version: 0 });

	function takeFromBlock(firm: string, keyClass: string, count: number): ClassKey<Key> | undefined {
		const block = blocks.at(blockAt(firm, keyClass));
		if (!block || block.left < count) return undefined;
		const held = opening.take(firm, keyClass, block.version, count);
		if (!held) return undefined;
		block.left -= count;
		return held;
	}

	return {
		sealingKey(firm, keyClass, count) {
			assertCount(count, sealLimit);
			return takeFromBlock(firm, keyClass, count);
		},
		async loadSealingKey(firm, keyClass, count) {
			assertCount(count, sealLimit);
			for (;;) {
				const key = takeFromBlock(firm, keyClass, count);
				if (key) return key;
				// The caller that starts the load gets its key directly; callers that joined try the cache again.
				const mine: ClassKey<Key>[] = [];
				await blocks.load(blockAt(firm, keyClass), async () => {
					const context = { firm, class: keyClass };
					const { block, key } = await reserveBlock(options, context, Math.max(count, sealBlock), count);
					mine.push(key);
					return block;
				});
				if (mine[0]) return mine[0];
			}
		},
		purge: blocks.purge,
	};
}

/**
 * Reserves `values` under the ACTIVE version and takes `count` of them. Makes version 1 if there is none, and the next version if this one
 * would exceed its limit or was retired. Counts before use, so that after a crash the stored total is too high, never too low.
 */
async function reserveBlock<Key>(
	{ opening, keyring, store, sealLimit }: SealingKeysOptions<Key>,
	context: KeyContext,
	values: number,
	count: number,
): Promise<Reserved<Key>> {
	const { firm, class: keyClass } = context;
	const versionAfter = async (version: number) =>
		Math.max(version, (await store.latestOfDevices?.(firm, keyClass)) ?? 0) + 1;
	let spent: number | undefined;
	let exists = false;
	for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
		const active = await store.findActive(firm, keyClass);
		if (active === null) {
			if (exists) throw new KeyUnavailableError('REFUSED', 'No version of this data key may seal; rotate it.');
			exists = !(await generateVersion({ keyring, store }, context, await versionAfter(0)));
		} else if (active.version === spent) {
			await generateVersion({ keyring, store }, context, await versionAfter(active.version));
		} else {
			const key = await opening.openRecord(active, count);
			const total = await store.reserve(firm, keyClass, active.version, values, sealLimit);
			if (total !== null) return { block: { version: active.version, left: values - count }, key };
			// Retired, or at its limit: at its limit if it is still ACTIVE in the next round.
			spent = active.version;
		}
	}
	throw new KeyUnavailableError('THROTTLED', 'No version of the data key could be made ready for writing; try again.');
}

function assertCount(count: number, sealLimit: number): void {
	if (Number.isSafeInteger(count) && count >= 1 && count <= sealLimit) return;
	throw new FirmsealError('INTERNAL', `A key seals 1 to ${sealLimit} values at once.`);
}
