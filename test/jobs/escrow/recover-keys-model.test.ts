import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import { drillRecovery, type EscrowedKey, type RecoveryOutcome, recoverKeys } from '../../../src/jobs/escrow/index.ts';
import type { DataKeyRecord } from '../../../src/keys/index.ts';
import { scale } from '../../support/scale.ts';
import { FIRM, keyOf } from './escrows.ts';
import { CLOSED, forgedFor, newService, opened, stored } from './stored-keys.ts';

/** The possible states of one key, stored and escrowed. */
const situation = fc.record({
	class: fc.constantFrom('NOTE', 'BILLING', 'RIGHTS', 'CHECKPOINT'),
	version: fc.integer({ min: 1, max: 4 }),
	escrow: fc.constantFrom('GENUINE', 'FORGED', 'NONE'),
	row: fc.constantFrom('LOST', 'OPENS', 'NONE'),
	state: fc.constantFrom<DataKeyRecord['state']>('ACTIVE', 'RETIRED', 'DISABLED', 'DESTROYED'),
});
const situations = fc.uniqueArray(situation, { maxLength: 12, selector: (of) => `${of.class} ${of.version}` });
type Situation = typeof situation extends fc.Arbitrary<infer Of> ? Of : never;

/** The table of FORMAT.md, "Recovering", read from top to bottom; null if there is no such key. */
function expected(of: Situation, isDrill: boolean, signs: boolean): RecoveryOutcome | 'FITS' | null {
	if (of.row === 'NONE') return of.escrow === 'NONE' ? null : 'NOT_STORED';
	if (of.class === 'CHECKPOINT' && !signs) return 'SIGNERS_ALONE';
	if (of.state === 'DESTROYED') return 'DESTROYED';
	if (of.escrow === 'FORGED') return 'COMMITMENT_DIFFERS';
	if (of.row === 'OPENS' && !isDrill) return 'ALREADY_OPENS';
	if (of.escrow === 'NONE') return 'NOT_ESCROWED';
	return isDrill ? 'FITS' : 'RECOVERED';
}

const copyOf = (records: readonly DataKeyRecord[]) =>
	records.map((record) => ({
		...record,
		wrapped: Buffer.from(record.wrapped),
		commitment: Buffer.from(record.commitment),
	}));

describe('for any stored and any escrowed keys', () => {
	test.prop([situations, fc.boolean()], {
		numRuns: scale(200),
	})('a recovery and its drill follow FORMAT.md', async (all, signs) => {
		const service = newService();
		const records: DataKeyRecord[] = [];
		const escrowed: EscrowedKey[] = [];
		for (const of of all) {
			const key = keyOf(FIRM, of.class, of.version);
			if (of.row === 'OPENS') records.push(await service.wrapped(key, { state: of.state }));
			if (of.row === 'LOST') records.push(stored(key, { state: of.state }));
			if (of.escrow !== 'NONE') escrowed.push(of.escrow === 'FORGED' ? forgedFor(key) : key);
		}
		const before = copyOf(records);
		const sorted = (isDrill: boolean) =>
			all
				.flatMap((of) => {
					const outcome = expected(of, isDrill, signs);
					return outcome === null ? [] : [`${of.class} ${of.version} ${outcome}`];
				})
				.sort();
		const linesOf = (keys: readonly { class: string; version: number; outcome: string }[]) =>
			keys.map((of) => `${of.class} ${of.version} ${of.outcome}`).sort();

		const rehearsed = opened(escrowed);
		const drill = drillRecovery(rehearsed, records, { includesSigningKeys: signs });
		expect(linesOf(drill.keys)).toEqual(sorted(true));
		expect([service.calls.unwrap, service.given.length]).toEqual([0, 0]);

		const keys = opened(escrowed);
		const { recovered, ...report } = await recoverKeys(service.renewal, keys, records, { includesSigningKeys: signs });
		expect(linesOf(report.keys)).toEqual(sorted(false));
		const count = report.keys.filter(({ outcome }) => outcome === 'RECOVERED').length;
		expect([recovered.length, service.given.length]).toEqual([count, count]);

		for (const { counts, keys: each } of [drill, report])
			expect(Object.values<number>(counts).reduce((sum, part) => sum + part, 0)).toBe(each.length);
		for (const { key } of [...rehearsed, ...keys]) expect(key).toEqual(CLOSED);
		service.expectForgotten();
		expect(copyOf(records)).toEqual(before);
		for (const { record, rewrapped } of recovered) {
			const opens = await service.keyring.unwrap({ firm: FIRM, class: record.class }, rewrapped.wrapped);
			expect(opens.plaintext).toEqual(keyOf(FIRM, record.class, record.version).key);
		}
		// A report contains only the key's coordinates and its outcome.
		for (const each of [...drill.keys, ...report.keys])
			expect(Object.keys(each).sort()).toEqual(['class', 'firm', 'outcome', 'version']);
	});
});
