import { hash } from 'node:crypto';
import {
	clearPlaintextValues,
	type JobRow,
	type MovedValue,
	type MoveRow,
	writeSealedValues,
} from '../../database/index.ts';
import { columnMoveOf, fieldMoveOf, type MigrateParts, maintenanceRightOf } from './field-move.ts';
import { hasPlain, type MoveStrategy, type PlainRow, type RowState } from './move-strategy.ts';

/** The same page as a re-encryption (keys/reencrypt-steps.ts). */
const PAGE = { rows: 1_000, bytes: 4 * 1024 * 1024 } as const;

export const hashPlaintext = (plain: Uint8Array): Uint8Array => hash('sha256', plain, 'buffer');

type Both = PlainRow & { readonly sealed: Uint8Array };

const hasBoth = (row: MoveRow): row is Both => hasPlain(row) && row.sealed !== null;

/** Values are sealed beside the plaintext, in the same row. */
export function createValueMoveStrategy(parts: MigrateParts, job: JobRow): MoveStrategy {
	const { field, ...columns } = fieldMoveOf(parts, job);
	const moving = columnMoveOf({ field, ...columns }, job);
	const maintenance = parts.maintenanceOf(job);
	const right = maintenanceRightOf(job);
	return {
		page: PAGE,
		isWhole: (state) => state === 'SAME',
		mayClear: (state) => state === 'SAME',
		isInTable: true,

		async seal(rows) {
			const { values, keys } = await maintenance.sealPlaintext(
				right,
				rows.map(({ id, plain }) => ({ field, row: id, plaintext: plain })),
			);
			const sealed: MovedValue[] = [];
			const left: string[] = [];
			const counted = { LOOKS_SEALED: 0, INVALID: 0 };
			for (const [index, { id, plain }] of rows.entries()) {
				const value = values[index];
				if (value instanceof Uint8Array) sealed.push({ id, hash: hashPlaintext(plain), sealed: value });
				else if (value) {
					left.push(id);
					counted[value] += 1;
				}
			}
			const findings = { looksSealed: counted.LOOKS_SEALED, invalid: counted.INVALID };
			return { left, findings, keys, write: (tx) => writeSealedValues(tx, moving, sealed) };
		},

		async compare(rows) {
			const both = rows.filter(hasBoth);
			const { outcomes, keys } = await maintenance.compare(
				right,
				both.map(({ id, plain, sealed }) => ({ field, row: id, plaintext: plain, sealed })),
			);
			const compared = new Map(both.map(({ id }, index) => [id, outcomes[index] ?? 'UNOPENED']));
			const states = new Map(
				rows.map((row): [string, RowState] => [
					row.id,
					compared.get(row.id) ?? (row.sealed === null ? 'PLAIN_ONLY' : 'SEALED_ONLY'),
				]),
			);
			return { states, keys };
		},

		async clear(rows) {
			const same = rows.filter(hasBoth).map(({ id, plain, sealed }) => ({ id, hash: hashPlaintext(plain), sealed }));
			return { left: [], findings: {}, write: (tx) => clearPlaintextValues(tx, moving, same) };
		},
	};
}
