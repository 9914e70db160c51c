import { type DataKeyRecord, hasCommitment } from '../../keys/index.ts';
import type { EscrowedKey } from './escrowed-key.ts';

/** What an escrow can do for one key: FORMAT.md, "Recovering". */
export type KeyFinding =
	| 'FITS'
	| 'COMMITMENT_DIFFERS'
	| 'NOT_ESCROWED'
	| 'NOT_STORED'
	| 'DESTROYED'
	/** A CHECKPOINT key in a recovery without the signer, which alone makes and opens such keys. */
	| 'SIGNERS_ALONE';

export type KeyVersionRef = Pick<DataKeyRecord, 'firm' | 'class' | 'version'>;

export interface RecoveryScope {
	/** True if the keys that sign the log are recovered too, by the signer's keyring. Only for the platform. */
	readonly includesSigningKeys?: boolean;
}

export type ComparedKey =
	| { readonly finding: 'FITS'; readonly record: DataKeyRecord; readonly key: Uint8Array }
	| { readonly finding: 'NOT_ESCROWED'; readonly record: DataKeyRecord }
	| { readonly finding: Exclude<KeyFinding, 'FITS' | 'NOT_ESCROWED'>; readonly record: KeyVersionRef };

/** Compares every stored key, in that order, and then every other escrowed key. Calls no key service. */
export function compareKeys(
	keys: readonly EscrowedKey[],
	records: readonly DataKeyRecord[],
	{ includesSigningKeys = false }: RecoveryScope = {},
): ComparedKey[] {
	const escrowed = new Map(keys.map((key) => [placeOf(key), key]));
	const stored = new Set(records.map(placeOf));
	return [
		...records.map((record) =>
			record.class === 'CHECKPOINT' && !includesSigningKeys
				? { finding: 'SIGNERS_ALONE' as const, record }
				: compareKey(record, escrowed.get(placeOf(record))),
		),
		...keys.filter((key) => !stored.has(placeOf(key))).map((record) => ({ finding: 'NOT_STORED' as const, record })),
	];
}

/** Only the commitment stored beside the wrapped key counts; the escrow's own is ignored. */
function compareKey(record: DataKeyRecord, escrowed: EscrowedKey | undefined): ComparedKey {
	if (record.state === 'DESTROYED') return { finding: 'DESTROYED', record };
	if (escrowed === undefined) return { finding: 'NOT_ESCROWED', record };
	const { key } = escrowed;
	return hasCommitment(key, record) ? { finding: 'FITS', record, key } : { finding: 'COMMITMENT_DIFFERS', record };
}

const placeOf = ({ firm, class: keyClass, version }: KeyVersionRef): string => `${firm} ${keyClass} ${version}`;
