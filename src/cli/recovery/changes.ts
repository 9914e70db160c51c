import {
	type DatabaseCheck,
	databaseCheck,
	selectAllFirms,
	selectColumnMoves,
	selectUsableKeys,
} from '../../database/index.ts';
import type { Installation } from '../../wiring/index.ts';
import { shortenList } from '../command.ts';
import type { LoggedActions } from './logged-actions.ts';

type Worker = Pick<Installation, 'worker'>;

/**
 * Finds firms whose wrapping key was changed after the copy was made. The copy's data keys are still under the old wrapping key, which is about
 * to be destroyed or belongs to the firm alone.
 */
export async function inspectChangedKeys(
	{ worker }: Worker,
	{ changedKeys }: Pick<LoggedActions, 'changedKeys'>,
): Promise<DatabaseCheck[]> {
	const firms = await worker.read(null, selectAllFirms);
	const wrong: string[] = [];
	for (const { id, slug } of firms) {
		const change = changedKeys.get(id);
		if (!change) continue;
		const kept = await worker.read(null, (tx) => selectUsableKeys(tx, id));
		const before = kept.filter(({ ownKey }) => ownKey !== (change === 'BRING'));
		const keys = [...new Set(before.map(({ keyId }) => keyId))];
		if (keys.length > 0) wrong.push(`${keys.join(', ')} of firm ${id} (\`firmseal keys rewrap --firm ${slug}\`)`);
	}
	const check = 'each firm’s data keys are under its current wrapping key by the log';
	if (wrong.length === 0) return [databaseCheck(check, null)];
	const fix = `They are under the key that the firm had before: ${shortenList(wrong)}. In the key service, cancel the deletion of that key, enable it and name it alias/firmseal/previous/<firm id>. If the firm brought it, ask the firm to give our roles their rights again. Then run the commands above.`;
	return [databaseCheck(check, fix)];
}

/** Finds columns whose plaintext was removed after the copy was made, and is back with the copy. */
export async function inspectContractedColumns(
	{ worker }: Worker,
	{ contractedColumns }: Pick<LoggedActions, 'contractedColumns'>,
): Promise<DatabaseCheck[]> {
	const moves = await worker.read(null, selectColumnMoves);
	const phaseOf = (column: string) => moves.find(({ coordinate }) => coordinate === column)?.phase ?? 'PLANNED';
	const back = [...contractedColumns].filter((column) => phaseOf(column) !== 'CONTRACTED');
	const check = 'no column that was contracted by the log has plaintext again';
	if (back.length === 0) return [databaseCheck(check, null)];
	const named = shortenList(back.map((column) => `${column} (${phaseOf(column)})`));
	const fix = `The copy has plaintext: ${named}. With the program of that phase, continue the migration up to \`firmseal migrate contract\` (docs/how-to/migrate-plaintext.md). Until then anyone who has the database can read these columns.`;
	return [databaseCheck(check, fix)];
}
