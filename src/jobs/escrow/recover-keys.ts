import type { DataKeyRecord, KeyRenewal, Rewrapped } from '../../keys/index.ts';
import {
	type ComparedKey,
	compareKeys,
	type KeyFinding,
	type KeyVersionRef,
	type RecoveryScope,
} from './compare-keys.ts';
import { type EscrowedKey, wipeKeys } from './escrowed-key.ts';

/** What became of one key. */
export type RecoveryOutcome = Exclude<KeyFinding, 'FITS'> | 'RECOVERED' | 'ALREADY_OPENS';

/** Nothing of a key, nor of its commitment. */
export interface KeyReport<Outcome extends string> extends KeyVersionRef {
	readonly outcome: Outcome;
}

export interface KeysReport<Outcome extends string> {
	/** Each that is stored, in that order, and then each other that is escrowed. */
	readonly keys: readonly KeyReport<Outcome>[];
	readonly counts: Readonly<Record<Outcome, number>>;
}

export interface RecoveredKey {
	/** As it was read: what is stored meanwhile stays. */
	readonly record: DataKeyRecord;
	readonly rewrapped: Rewrapped;
}

export interface Recovery extends KeysReport<RecoveryOutcome> {
	/** To be stored; each was opened again. States stay as they are. */
	readonly recovered: readonly RecoveredKey[];
}

const FINDINGS = ['FITS', 'COMMITMENT_DIFFERS', 'NOT_ESCROWED', 'NOT_STORED', 'DESTROYED', 'SIGNERS_ALONE'] as const;
const OUTCOMES = ['RECOVERED', 'ALREADY_OPENS', ...FINDINGS.filter((finding) => finding !== 'FITS')] as const;

/**
 * What recoverKeys() would find if nothing of what is stored opened any more: nothing is wrapped, nor is any key service asked.
 * `keys`: of an opened escrow; they are overwritten.
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
 * Wraps again what the key service has lost, if it is the very key that was stored. A key that opens as it is stays so. Nothing is written.
 * `keys`: of an opened escrow; they are overwritten, however this ends. `records`: all of the firm's.
 * @throws KeyUnavailableError, and then nothing is recovered: no key service, or none that opens what it has wrapped
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
		// All are compared before any is wrapped.
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
