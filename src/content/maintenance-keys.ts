import { type MaintenanceCapability, mayMaintain } from '../access/index.ts';
import type { KeyUse } from '../audit/index.ts';
import { readKeyVersion } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import { type ClassKey, type DataKeys, KeyUnavailableError, type SealedField } from '../keys/index.ts';

/** Keys of a job, loaded on first use. */
export interface MaintenanceKeys<Key> {
	readonly opening: (firm: string, of: string, version: number) => Promise<ClassKey<Key>>;
	/** Counts `count` values first; the caller must not seal more. */
	readonly sealing: (firm: string, of: string, count: number) => Promise<ClassKey<Key>>;
}

export const maintenanceKeys = <Key>(dataKeys: DataKeys<Key>): MaintenanceKeys<Key> => ({
	opening: async (firm, of, version) =>
		dataKeys.openingKey(firm, of, version) ?? (await dataKeys.loadOpeningKey(firm, of, version)),
	sealing: async (firm, of, count) =>
		dataKeys.sealingKey(firm, of, count) ?? (await dataKeys.loadSealingKey(firm, of, count)),
});

export const maintenanceForbiddenError = () =>
	new FirmsealError('INTERNAL', 'A job tried to maintain content of another firm or class.');

export function assertMayMaintain(capability: MaintenanceCapability, field: SealedField): void {
	if (!mayMaintain(capability, { firm: capability.firm, class: field.class })) throw maintenanceForbiddenError();
}

/** The keys by version, without versions that never existed: their values do not open. */
export async function loadOpeningKeys<Key>(
	{ opening: load }: MaintenanceKeys<Key>,
	firm: string,
	of: string,
	values: readonly { readonly sealed: Uint8Array }[],
): Promise<ReadonlyMap<number, ClassKey<Key>>> {
	const keys = new Map<number, ClassKey<Key>>();
	for (const { sealed } of values) {
		const version = keyVersionOrNull(sealed);
		if (version === null || keys.has(version)) continue;
		try {
			keys.set(version, await load(firm, of, version));
		} catch (error) {
			if (!isUnopenable(error)) throw error;
		}
	}
	return keys;
}

export function keyVersionOrNull(sealed: Uint8Array): number | null {
	try {
		return readKeyVersion(sealed);
	} catch {
		return null;
	}
}

export const isUnopenable = (error: unknown) =>
	error instanceof FirmsealError && !(error instanceof KeyUnavailableError) && error.code === 'CIPHERTEXT_INVALID';

/** One use for each version. */
export function usesOf(keys: readonly ClassKey<unknown>[]): KeyUse[] {
	const byVersion = new Map(keys.map((key) => [key.version, key]));
	return [...byVersion.values()].map(({ class: of, version }) => ({
		class: of,
		version,
		source: 'CACHE',
		requestId: null,
	}));
}
