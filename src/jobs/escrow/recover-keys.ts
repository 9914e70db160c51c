import type { DataKeyRecord, KeyRenewal, Rewrapped } from '../../keys/index.ts';
import {
	type ComparedKey,
	compareKeys,
	type KeyFinding,
	type KeyVersionRef,
	type RecoveryScope,
} from './compare-keys.ts';
import { type EscrowedKey, wipeKeys } from './escrowed-key.ts';

export type RecoveryOutcome = Exclude<KeyFinding, 'FITS'> | 'RECOVERED' | 'ALREADY_OPENS';

/** Contains nothing of the key or its commitment. */
export interface KeyReport<Outcome extends string> extends KeyVersionRef {
	readonly outcome: Outcome;
}

export interface KeysReport<Outcome extends string> {
	/** Every stored key, in that order, and then every other escrowed key. */
	readonly keys: readonly KeyReport<Outcome>[];
	readonly counts: Readonly<Record<Outcome, number>>;
}

export interface RecoveredKey {
	/** The record as it was read: a newer one is not replaced. */
	readonly record: DataKeyRecord;
	readonly rewrapped: Rewrapped;
}

export interface Recovery extends KeysReport<RecoveryOutcome> {
	/** To be stored. Each was opened again after it was wrapped. States don't change. */
	readonly recovered: readonly RecoveredKey[];
}

const FINDINGS = ['FITS', 'COMMITMENT_DIFFERS', 'NOT_ESCROWED', 'NOT_STORED', 'DESTROYED', 'SIGNERS_ALONE'] as const;
const OUTCOMES = ['RECOVERED', 'ALREADY_OPENS', ...FINDINGS.filter((finding) => finding !== 'FITS')] as const;

/**
 * Reports what recoverKeys() would find if no stored key could be opened any more. Wraps nothing and calls no key service. `keys`: those of
 * an opened escrow; they are overwritten.
 */
export function drillRecovery(
	keys: readonly EscrowedKey[],
	records: readonly DataKeyRecord[],
	who?: RecoveryScope,
): KeysReport<KeyFinding> {
	try {
		return reportOf(
			FINDINGS,
			compareKeys(keys, records, who).map(({ finding, record }) => reportKey(record, finding)),
		);
	} finally {
		wipeKeys(keys);
	}
}

/**
 * Wraps the keys that the key service has lost, if they are the very keys that were stored. A key that can be opened stays unchanged.
 * Writes nothing. `keys`: those of an opened escrow; they are overwritten in any case. `records`: all of the firm's.
 * @throws KeyUnavailableError, and then no key is recovered, if there is no key service or if it can't open what it has wrapped
 */
export async function recoverKeys(
	renewal: Pick<KeyRenewal, 'opens' | 'wrap'>,
	keys: readonly EscrowedKey[],
	records: readonly DataKeyRecord[],
	who?: RecoveryScope,
): Promise<Recovery> {
	try {
		const recovered: RecoveredKey[] = [];
		const reports: KeyReport<RecoveryOutcome>[] = [];
		// All keys are compared before any is wrapped.
		for (const compared of compareKeys(keys, records, who)) {
			const became = await recoverKey(renewal, compared);
			if (compared.finding === 'FITS') compared.key.fill(0);
			const isRecovered = typeof became === 'object';
			if (isRecovered) recovered.push(became);
			reports.push(reportKey(compared.record, isRecovered ? 'RECOVERED' : became));
		}
		return { recovered, ...reportOf(OUTCOMES, reports) };
	} finally {
		wipeKeys(keys);
	}
}

async function recoverKey(
	{ opens, wrap }: Pick<KeyRenewal, 'opens' | 'wrap'>,
	compared: ComparedKey,
): Promise<RecoveredKey | Exclude<RecoveryOutcome, 'RECOVERED'>> {
	if (compared.finding === 'FITS') {
		const { record, key } = compared;
		return (await opens(record)) ? 'ALREADY_OPENS' : { record, rewrapped: await wrap(record, key) };
	}
	if (compared.finding === 'NOT_ESCROWED' && (await opens(compared.record))) return 'ALREADY_OPENS';
	return compared.finding;
}

const reportKey = <Outcome extends string>(
	{ firm, class: keyClass, version }: KeyVersionRef,
	outcome: Outcome,
): KeyReport<Outcome> => ({ firm, class: keyClass, version, outcome });

function reportOf<Outcome extends string>(
	outcomes: readonly Outcome[],
	keys: readonly KeyReport<Outcome>[],
): KeysReport<Outcome> {
	const count = (of: Outcome) => keys.filter(({ outcome }) => outcome === of).length;
	const counts = Object.fromEntries(outcomes.map((of) => [of, count(of)])) as Record<Outcome, number>;
	return { keys, counts };
}
