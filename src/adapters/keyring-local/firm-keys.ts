import { createSecretKey, type KeyObject, randomBytes, randomUUID } from 'node:crypto';
import { encodeContext } from '../../envelope/index.ts';
import type { WrappingKey, WrappingKeyState } from '../../keys/index.ts';
import { openBytes, sealBytes } from './aes-gcm.ts';
import type { RootKeys } from './root-keys.ts';

/** One firm's wrapping key as its file holds it. Times are ISO 8601. */
export interface FirmKeys {
	readonly keyId: string;
	readonly state: WrappingKeyState;
	/** The version that wraps new data keys. */
	readonly version: number;
	readonly createdAt: string;
	/** Only in state PENDING_DELETION. */
	readonly deletionAt?: string;
	/** Sealed key in base64, by version. Empty once the key is destroyed. */
	readonly material: Readonly<Record<string, string>>;
	/** Names are unique. */
	readonly grants: readonly { readonly name: string; readonly class: string; readonly createdAt: string }[];
}

const KEY_LENGTH = 32;

export function generateFirmKeys(root: RootKeys, firm: string, now: Date): FirmKeys {
	const keyId = `local:${randomUUID()}`;
	return {
		keyId,
		state: 'ENABLED',
		version: 1,
		createdAt: now.toISOString(),
		material: { 1: generateMaterial(root, firm, keyId, 1) },
		grants: [],
	};
}

export function generateNextVersion(root: RootKeys, firm: string, keys: FirmKeys): FirmKeys {
	const version = keys.version + 1;
	return {
		...keys,
		version,
		material: { ...keys.material, [version]: generateMaterial(root, firm, keys.keyId, version) },
	};
}

/** null if there is no such version, or it cannot be opened. */
export function openMaterial(root: RootKeys, firm: string, keys: FirmKeys, version: number): KeyObject | null {
	const sealed = keys.material[version];
	if (sealed === undefined) return null;
	const raw = openBytes(root.material, materialContext(root, firm, keys.keyId, version), Buffer.from(sealed, 'base64'));
	if (raw === null) return null;
	try {
		return createSecretKey(raw);
	} finally {
		raw.fill(0);
	}
}

export function toWrappingKey(firm: string, keys: FirmKeys): WrappingKey {
	const { keyId, state, version, createdAt, deletionAt } = keys;
	const described = { firm, keyId, state, version, isOwn: false, createdAt: new Date(createdAt) };
	return deletionAt === undefined ? described : { ...described, deletionAt: new Date(deletionAt) };
}

function generateMaterial(root: RootKeys, firm: string, keyId: string, version: number): string {
	const raw = randomBytes(KEY_LENGTH);
	try {
		const sealed = sealBytes(root.material, materialContext(root, firm, keyId, version), raw);
		return Buffer.from(sealed).toString('base64');
	} finally {
		raw.fill(0);
	}
}

function materialContext(root: RootKeys, firm: string, keyId: string, version: number): Uint8Array {
	return encodeContext(['firmseal/local-keyring/material/v1', root.installation, firm, keyId, String(version)]);
}
