import type { AuditedKeyring } from './audited-keyring.ts';
import type { DataKeyStore } from './data-key-store.ts';
import { deriveCommitment } from './derive-keys.ts';
import type { KeyContext } from './keyring.ts';

interface Parts {
	readonly keyring: Pick<AuditedKeyring, 'generateDataKey' | 'describeKey'>;
	readonly store: DataKeyStore;
}

/**
 * Makes a new data key the ACTIVE version of its series. False if that version already exists, because another process was faster. Returns
 * no key: a key must be unwrapped from the store before it seals, so a key that does not open again never seals a value.
 */
export async function generateVersion(
	{ keyring, store }: Parts,
	context: KeyContext,
	version: number,
): Promise<boolean> {
	// For a firm without a key, generateDataKey throws the error.
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
