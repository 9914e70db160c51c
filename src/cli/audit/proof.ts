import type { Config } from '../../config/index.ts';
import { FirmsealError } from '../../errors.ts';
import { invalidApiAnswer, operationCaller } from '../call/index.ts';
import type { CommandResult } from '../command.ts';
import {
	acquireLockFile,
	assertPathFree,
	lockOf,
	openPart,
	partOf,
	publishPartFile,
	removePart,
	throwWriteError,
} from '../files/index.ts';
import { currentIo } from '../io.ts';
import { isText } from './checkpoint.ts';

export interface ProofOptions {
	readonly entry: string;
	readonly out?: string;
	readonly force?: boolean;
}

/** Saves the inclusion proof of an entry, or prints it if `out` is `-`. */
export async function saveProof(config: Config, { entry, out, force = false }: ProofOptions): Promise<CommandResult> {
	const path = out ?? `${entry}.tlog-proof`;
	if (path !== '-') await assertPathFree(path, force);
	const { auditInclusionProof: proof } = await operationCaller(config)('audit-inclusion-proof', { entryId: entry });
	if (proof === null)
		throw new FirmsealError('NOT_FOUND', 'No published entry has this id, or this person may not see it.');
	const { index, size, file } = Object(proof) as {
		readonly index: number;
		readonly size: number;
		readonly file: unknown;
	};
	if (![index, size].every(Number.isSafeInteger) || !isText(file) || !file.startsWith('c2sp.org/tlog-proof@v1\n'))
		throw invalidApiAnswer();
	const result = { entryId: entry, index, size, file: path === '-' ? null : path };
	const text = `The entry is number ${(index + 1).toLocaleString('en')} of ${size.toLocaleString('en')}${path === '-' ? '' : `: its proof is in ${path}`}.`;
	if (path === '-') {
		currentIo().stdout.write(file);
		return { result, text, hasWrittenOutput: true };
	}
	await writeWhole(path, file, force);
	return { result, text };
}

async function writeWhole(path: string, text: string, force: boolean): Promise<void> {
	const part = partOf(path, 'proof');
	// Before the file is opened: a moment later another run could have renamed the file that it writes to.
	const releaseLock = await acquireLockFile(lockOf(part));
	try {
		const file = await openPart(part);
		try {
			await file.truncate(0).catch(throwWriteError);
			await file.writeFile(text).catch(throwWriteError);
			await file.sync().catch(throwWriteError);
		} catch (error) {
			await removePart(part);
			throw error;
		} finally {
			await file.close();
		}
		await publishPartFile(part, path, force);
	} finally {
		await releaseLock();
	}
}
