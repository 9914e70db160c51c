import type { AuditedKeyring } from './audited-keyring.ts';
import type { DataKeyStore } from './data-key-store.ts';
import { deriveCommitment } from './derive-keys.ts';
import type { KeyContext } from './keyring.ts';

interface Parts {
	readonly keyring: Pick<AuditedKeyring, 'generateDataKey' | 'describeKey'>;
	readonly store: DataKeyStore;
}

/**
 * Makes a new data key the ACTIVE version of its series. false: that version exists already, another process was faster.
 * Only the wrapped key leaves: it must be unwrapped from the store before it seals, so a key that doesn't open again
 * never seals anything.
 */
export async function generateVersion(
	{ keyring, store }: Parts,
	context: KeyContext,
	version: number,
): Promise<boolean> {
	// Of a firm that has no key, generateDataKey says what there is to say.
	const ownKey = (await keyring.describeKey(context.firm))?.isOwn ?? false;
	const generated = await keyring.generateDataKey(context, version);
	let commitment: Uint8Array;
	try {
		commitment = deriveCommitment(generated.plaintext, { ...context, version });
	} finally {
		generated.plaintext.fill(0);
	}
	const { wrapped, keyId } = generated;
	return store.activate({
		firm: context.firm,
		class: context.class,
		version,
		wrapped,
		commitment,
		keyId,
		ownKey,
	});
}
