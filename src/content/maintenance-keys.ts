import { type MaintenanceCapability, mayMaintain } from '../access/index.ts';
import type { KeyUse } from '../audit/index.ts';
import { readKeyVersion } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import { type ClassKey, type DataKeys, KeyUnavailableError, type SealedField } from '../keys/index.ts';

/** Keys of a job, loaded when they are asked for. */
export interface MaintenanceKeys<Key> {
	readonly opening: (firm: string, of: string, version: number) => Promise<ClassKey<Key>>;
	/** Counted first: what is sealed is never more than that. */
	readonly sealing: (firm: string, of: string, count: number) => Promise<ClassKey<Key>>;
}

export const maintenanceKeys = <Key>(dataKeys: DataKeys<Key>): MaintenanceKeys<Key> => ({
	opening: async (firm, of, version) =>
		dataKeys.openingKey(firm, of, version) ?? (await dataKeys.loadOpeningKey(firm, of, version)),
	sealing: async (firm, of, count) =>
		dataKeys.sealingKey(firm, of, count) ?? (await dataKeys.loadSealingKey(firm, of, count)),
});

export const maintenanceForbiddenError = () =>
	new FirmsealError('INTERNAL', 'Content was to be maintained by a job that is of another firm or class.');

export function assertMayMaintain(capability: MaintenanceCapability, field: SealedField): void {
	if (!mayMaintain(capability, { firm: capability.firm, class: field.class })) throw maintenanceForbiddenError();
}

/** By version; one that never was is left out, since nothing under it opens. */
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

/** Each version once. */
export function usesOf(keys: readonly ClassKey<unknown>[]): KeyUse[] {
	const byVersion = new Map(keys.map((key) => [key.version, key]));
	return [...byVersion.values()].map(({ class: of, version }) => ({
		class: of,
		version,
		source: 'CACHE',
		requestId: null,
	}));
}
