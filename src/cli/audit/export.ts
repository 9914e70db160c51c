import type { Config } from '../../config/index.ts';
import { type CallApi, operationCaller } from '../call/index.ts';
import type { CommandResult } from '../command.ts';
import { assertPathFree, RESUME_HINT, withHint } from '../files/index.ts';
import { stopSignal } from '../io.ts';
import { showProgress } from '../print/index.ts';
import { footerLine } from './bundle.ts';
import { type BundlePart, openBundlePart } from './bundle-part.ts';
import { type ApiCheckpoint, findCheckpoint, newestCheckpoint } from './checkpoint.ts';
import { leavesOf } from './leaves.ts';
import { treeOf } from './tree.ts';

export interface BundleExportOptions {
	readonly firm?: string;
	readonly out?: string;
	readonly force?: boolean;
}

/** Saves all leaves of a firm's tree up to one checkpoint, with the proof that the checkpoint is in the root tree. */
export async function exportBundle(
	config: Config,
	{ firm, out, force = false }: BundleExportOptions,
): Promise<CommandResult> {
	const signal = stopSignal();
	const ask = operationCaller(config);
	const firmId = await treeOf(ask, firm);
	const path = out ?? `audit-${firmId}.jsonl`;
	await assertPathFree(path, force);
	const part = await openBundlePart(path);
	try {
		const checkpoint = await checkpointFor(ask, firmId, part);
		let resumedFrom = part.leaves;
		await receive(ask, firmId, { part, checkpoint, signal });
		const { origin, size, root } = checkpoint;
		// Something else may have changed or written the leaves that an earlier run left. Fetch all leaves again.
		if (resumedFrom > 0 && part.root() !== root) {
			resumedFrom = 0;
			await part.begin(checkpoint);
			await receive(ask, firmId, { part, checkpoint, signal });
		}
		const problem = part.root() === root ? undefined : OTHER_ROOT;
		await part.finish(footerLine(checkpoint), force);
		return {
			result: { firmId, origin, size, file: path, resumedFrom },
			text: `Exported ${size.toLocaleString('en')} entries to ${path}.`,
			problem,
		};
	} catch (error) {
		await part.leave().catch(() => {});
		throw part.leaves > 0 ? withHint(error, RESUME_HINT) : error;
	}
}

const OTHER_ROOT =
	'The leaves are not those that were signed. Export again with --force. If the result is the same, someone has changed the log.';

/** The checkpoint of the earlier attempt, if the API still has it; otherwise the newest one, with which the bundle starts again. */
async function checkpointFor(ask: CallApi, firmId: string, part: BundlePart): Promise<ApiCheckpoint> {
	const { found } = part;
	const before = found && (await findCheckpoint(ask, firmId, found.size));
	if (before && before.origin === found.origin) return before;
	const checkpoint = await newestCheckpoint(ask, firmId);
	await part.begin(checkpoint);
	return checkpoint;
}

interface Receiving {
	readonly part: BundlePart;
	readonly checkpoint: ApiCheckpoint;
	readonly signal: AbortSignal;
}

async function receive(ask: CallApi, firmId: string, { part, checkpoint, signal }: Receiving): Promise<void> {
	const progress = showProgress('Leaves', checkpoint.size);
	const step = (count: number) => {
		for (let done = 0; done < count; done++) progress.step();
	};
	try {
		step(part.leaves);
		for await (const leaves of leavesOf(ask, firmId, { from: part.leaves, end: checkpoint.size, signal })) {
			await part.append(leaves);
			step(leaves.length);
		}
	} finally {
		progress.end();
	}
}
