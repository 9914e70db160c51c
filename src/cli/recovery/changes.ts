import { type DatabaseCheck, selectAllFirms, selectColumnMoves, selectUsableKeys } from '../../database/index.ts';
import type { Installation } from '../../wiring/index.ts';
import type { LoggedActions } from './logged-actions.ts';
import { shortenList } from './shorten-list.ts';

type Worker = Pick<Installation, 'worker'>;

/** Data keys are back under the wrapping key that the firm had before a change of it, and that one is about to be destroyed, or the firm's alone. */
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
	const check = 'each firm’s data keys are under the wrapping key that it has by the log';
	if (wrong.length === 0) return [{ check, ok: true, fix: null }];
	const fix = `They are under the one from before its change: ${shortenList(wrong)}. In the key service call its deletion off and enable it, give it the name alias/firmseal/previous/<firm id> and, where the firm has brought it, let the firm give our roles their rights again; then have them wrapped anew.`;
	return [{ check, ok: false, fix }];
}

/** What was in the clear is back with the copy. */
export async function inspectContractedColumns(
	{ worker }: Worker,
	{ contractedColumns }: Pick<LoggedActions, 'contractedColumns'>,
): Promise<DatabaseCheck[]> {
	const moves = await worker.read(null, selectColumnMoves);
	const phaseOf = (column: string) => moves.find(({ coordinate }) => coordinate === column)?.phase ?? 'PLANNED';
	const back = [...contractedColumns].filter((column) => phaseOf(column) !== 'CONTRACTED');
	const check = 'no column is in the clear again that was contracted by the log';
	if (back.length === 0) return [{ check, ok: true, fix: null }];
	const named = shortenList(back.map((column) => `${column} (${phaseOf(column)})`));
	const fix = `The copy has plaintext: ${named}. With the program of that phase go on from it, as docs/how-to/migrate-plaintext.md says, up to \`firmseal migrate contract\`; whoever has the database reads it until then.`;
	return [{ check, ok: false, fix }];
}
