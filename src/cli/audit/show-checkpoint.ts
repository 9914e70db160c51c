import type { Config } from '../../config/index.ts';
import { operationCaller } from '../call/index.ts';
import type { CommandResult } from '../command.ts';
import { newestCheckpoint } from './checkpoint.ts';
import { treeOf } from './tree.ts';

export interface TreeOptions {
	readonly firm?: string;
	readonly root?: boolean;
}

/** Shows the newest checkpoint as it was signed. */
export async function showCheckpoint(config: Config, { firm, root }: TreeOptions): Promise<CommandResult> {
	const ask = operationCaller(config);
	const checkpoint = await newestCheckpoint(ask, root ? null : await treeOf(ask, firm));
	// The line's end comes with the text.
	return { result: { checkpoint }, text: checkpoint.note.replace(/\n$/, '') };
}
