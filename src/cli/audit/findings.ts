import type { LogFinding } from '../../audit/verify/log.ts';
import { table } from '../command.ts';

/** A table of where the findings are, then the meaning of each kind. Empty if there are none. */
export function linesOfFindings(list: readonly LogFinding[]): string[] {
	if (list.length === 0) return [];
	const rows = list.map(({ kind, tree, index, entry, run }) => [kind, tree, index, entry ?? run]);
	const says = new Set(list.map(({ kind, says }) => `${kind}: ${says}`));
	return ['', table(['finding', 'tree', 'index', 'entry or run'], rows), '', ...says];
}

/** The key that verified the log, and where that key came from. */
export const keyLine = (vkey: string | null, isPinned: boolean): string =>
	vkey === null
		? 'key         none yet'
		: `key         ${vkey}\n            ${isPinned ? 'given by --vkey' : 'from the log itself: to check it, give your own copy of the key with --vkey'}`;
