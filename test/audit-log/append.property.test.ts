import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { parseLeaf } from '../../src/audit/index.ts';
import { createAuditLog } from '../../src/audit-log/index.ts';
import { FirmsealError } from '../../src/errors.ts';
import { reading } from '../audit/drafts.ts';
import { scale } from '../support/scale.ts';
import { FakeTable, wait } from './fake-table.ts';

const record = (caller: number, draft: number) =>
	`01980000-0000-7000-${(0x8000 + draft).toString(16)}-${String(caller).padStart(12, '0')}`;

const probe = (attempt: number) => record(99_999, attempt);

const fates = fc.array(
	fc.record({
		fate: fc.oneof(
			{ weight: 4, arbitrary: fc.constant('commit' as const) },
			fc.constantFrom('fail' as const, 'commit-then-fail' as const, 'fail-then-commit' as const),
		),
		ticks: fc.integer({ min: 0, max: 6 }),
	}),
	{ maxLength: 30 },
);
/** Callers, each with its number of drafts, the ticks before it arrives, and if one of its drafts is malformed. */
const callers = fc.array(
	fc.record({
		drafts: fc.integer({ min: 1, max: 4 }),
		pause: fc.integer({ min: 0, max: 3 }),
		malformed: fc.integer({ min: 0, max: 7 }).map((chance) => chance === 7),
	}),
	{ minLength: 1, maxLength: 40 },
);
const lookUps = fc.infiniteStream(fc.integer({ min: 0, max: 3 }));

test.prop([callers, fates, fc.integer({ min: 1, max: 8 }), lookUps], { numRuns: scale(100) })(
	'for any outcome of writes an acknowledged entry is stored once, and numbers have no gap or repeat and keep the order',
	async (arrivals, fates, maxBatch, lookUps) => {
		const table = new FakeTable(fates);
		let calm = false;
		const log = createAuditLog({
			write: table.write,
			async lastSequence(boot) {
				const chance = calm ? 0 : lookUps.next().value;
				await wait(chance);
				if (chance === 3) throw new Error('database away');
				return await table.lastSequence(boot);
			},
			maxBatch,
		});

		const answers: Promise<string>[] = [];
		for (const [caller, { drafts, pause, malformed }] of arrivals.entries()) {
			await wait(pause);
			const own = Array.from({ length: drafts }, (_, draft) => ({
				...reading,
				records: [record(caller, draft)],
				reason: malformed && draft === drafts - 1 ? ('NO_LEASE' as const) : null,
			}));
			answers.push(
				log.append(own).then(
					() => 'stored',
					(error: unknown) => (error instanceof FirmsealError ? error.code : 'foreign'),
				),
			);
		}
		// After any history, the log recovers by itself, at the latest after the last injected fault.
		calm = true;
		let recovered = false;
		for (let attempt = 0; attempt <= fates.length && !recovered; attempt++) {
			recovered = await log.append([{ ...reading, records: [probe(attempt)] }]).then(
				() => true,
				() => false,
			);
			await wait(7);
		}
		expect(recovered).toBe(true);
		await log.close();
		const answered = await Promise.all(answers);
		await wait(20);

		const stored = table.records();
		for (const [caller, { drafts, malformed }] of arrivals.entries()) {
			const counts = Array.from(
				{ length: drafts },
				(_, draft) => stored.filter((one) => one === record(caller, draft)).length,
			);
			if (malformed) {
				expect(['INTERNAL', 'AUDIT_UNAVAILABLE']).toContain(answered[caller]);
				expect(counts.every((count) => count === 0)).toBe(true);
			} else if (answered[caller] === 'stored') {
				expect(counts.every((count) => count === 1)).toBe(true);
			} else {
				expect(answered[caller]).toBe('AUDIT_UNAVAILABLE');
				expect(counts.every((count) => count === counts[0] && count <= 1)).toBe(true);
			}
		}

		const sequences = table.rows.map((row) => row.sequence).sort((a, b) => a - b);
		expect(sequences).toEqual(sequences.map((_, index) => index + 1));
		const arrival = arrivals.flatMap(({ drafts }, caller) =>
			Array.from({ length: drafts }, (_, draft) => record(caller, draft)),
		);
		const probes = stored.slice(stored.findIndex((one) => one.endsWith('99999')));
		expect(stored.slice(0, -probes.length)).toEqual(arrival.filter((one) => stored.includes(one)));
		expect(probes.every((one) => one.endsWith('99999'))).toBe(true);
		expect(table.mostInFlight).toBeLessThanOrEqual(1);
		expect(log.stats()).toMatchObject({ waitingEntries: 0, inFlight: 0 });
		for (const row of table.rows) {
			expect(parseLeaf(row.leaf)).toMatchObject({ id: row.id, firm: row.firm, boot: log.boot, sequence: row.sequence });
		}
	},
);
