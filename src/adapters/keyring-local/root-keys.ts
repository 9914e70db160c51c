import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { encodeContext } from '../../envelope/index.ts';
import { SetupError } from '../../errors.ts';

const KEY_LENGTH = 32;

/** Values derived from the root key, which itself is not kept. */
export interface RootKeys {
	/** Identifies the installation; part of every MAC and of every sealed wrapping key. */
	readonly installation: string;
	/** 32 bytes that identify the root key and reveal nothing about it. */
	readonly proof: Uint8Array;
	/** HMAC-SHA-256 over each file. */
	readonly mac: KeyObject;
	/** AES-256-GCM over each version of a wrapping key. */
	readonly material: KeyObject;
}

/**
 * HKDF-SHA-256 of the 32-byte root key, bound to the installation. The caller may overwrite `rootKey` afterwards.
 * Throws SetupError for a root key of another size.
 */
export function deriveRootKeys(rootKey: Uint8Array, installation: string): RootKeys {
	if (rootKey.length !== KEY_LENGTH) {
		throw new SetupError(`The root key of the local keyring must be ${KEY_LENGTH} bytes: check FIRMSEAL_ROOT_KEY.`);
	}
	const derive = (purpose: string) => {
		const info = encodeContext(['firmseal/local-keyring/v1', installation, purpose]);
		return new Uint8Array(hkdfSync('sha256', rootKey, '', info, KEY_LENGTH));
	};
	const deriveHandle = (purpose: string) => {
		const raw = derive(purpose);
		try {
			return createSecretKey(raw);
		} finally {
			raw.fill(0);
		}
	};
	return { installation, proof: derive('proof'), mac: deriveHandle('mac'), material: deriveHandle('material') };
}
