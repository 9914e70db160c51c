import { type DataKeyRecord, hasCommitment } from '../../keys/index.ts';
import type { EscrowedKey } from './escrowed-key.ts';

/** What an escrow is worth for one key, as FORMAT.md, "Recovering", has it. */
export type KeyFinding =
	| 'FITS'
	| 'COMMITMENT_DIFFERS'
	| 'NOT_ESCROWED'
	| 'NOT_STORED'
	| 'DESTROYED'
	/** Of CHECKPOINT, where the signer has no part: nobody but it makes or opens one. */
	| 'SIGNERS_ALONE';

export type KeyVersionRef = Pick<DataKeyRecord, 'firm' | 'class' | 'version'>;

export interface RecoveryScope {
	/** Whether what signs the log is brought back too, by the signer's keyring: of the platform. */
	readonly includesSigningKeys?: boolean;
}

export type ComparedKey =
	| { readonly finding: 'FITS'; readonly record: DataKeyRecord; readonly key: Uint8Array }
	| { readonly finding: 'NOT_ESCROWED'; readonly record: DataKeyRecord }
	| { readonly finding: Exclude<KeyFinding, 'FITS' | 'NOT_ESCROWED'>; readonly record: KeyVersionRef };

/** Every key that is stored, in that order, and then every other that is escrowed. No key service is asked. */
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

/** What the escrow says that the key is committed to is not looked at: only what is stored beside the wrapped key counts. */
function compareKey(record: DataKeyRecord, escrowed: EscrowedKey | undefined): ComparedKey {
	if (record.state === 'DESTROYED') return { finding: 'DESTROYED', record };
	if (escrowed === undefined) return { finding: 'NOT_ESCROWED', record };
	const { key } = escrowed;
	return hasCommitment(key, record) ? { finding: 'FITS', record, key } : { finding: 'COMMITMENT_DIFFERS', record };
}

const placeOf = ({ firm, class: keyClass, version }: KeyVersionRef): string => `${firm} ${keyClass} ${version}`;
