import type { AuditedKeyring } from './audited-keyring.ts';
import type { DataKeyRecord, DataKeyStore } from './data-key-store.ts';
import { generateVersion } from './generate-version.ts';
import { type KeyContext, KeyUnavailableError } from './keyring.ts';

/** Values this process may still seal under one version without asking the store. */
export interface SealBlock {
	readonly version: number;
	left: number;
}

interface Parts<ClassKey> {
	readonly keyring: Pick<AuditedKeyring, 'generateDataKey' | 'describeKey'>;
	readonly store: DataKeyStore;
	/** Values that may ever be sealed under one data key. */
	readonly limit: number;
	/** Asked first: nothing is reserved under a key that doesn't open. */
	readonly openKey: (record: DataKeyRecord) => Promise<ClassKey>;
}

/** Each attempt is lost only to another process that retired the version or made the next one meanwhile. */
const ATTEMPTS = 16;

/**
 * Reserves `count` values under the ACTIVE version; makes version 1 when there is none, and the next version when this one
 * would pass its limit or was retired. Counted before use: after a crash the stored total is too high, never too low.
 */
export async function reserveSealBlock<ClassKey>(
	parts: Parts<ClassKey>,
	context: KeyContext,
	count: number,
): Promise<{ readonly block: SealBlock; readonly key: ClassKey }> {
	const { store, limit, openKey } = parts;
	const { firm, class: keyClass } = context;
	let spent: number | undefined;
	let exists = false;
	for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
		const active = await store.findActive(firm, keyClass);
		if (active === null) {
			if (exists) throw new KeyUnavailableError('REFUSED', 'No version of this data key may seal; rotate it.');
			exists = !(await generateVersion(parts, context, 1));
		} else if (active.version === spent) {
			await generateVersion(parts, context, active.version + 1);
		} else {
			const key = await openKey(active);
			const total = await store.reserve(firm, keyClass, active.version, count, limit);
			if (total !== null) return { block: { version: active.version, left: count }, key };
			// Retired or at its limit; if it is still the ACTIVE one when asked again, the limit it is.
			spent = active.version;
		}
	}
	throw new KeyUnavailableError('THROTTLED', 'No version of the data key could be made ready for writing; try again.');
}
