import type { Config } from '../../config/index.ts';
import { FirmsealError } from '../../errors.ts';
import { askApi, noFirmseal } from '../call/index.ts';
import type { Answer } from '../command.ts';
import {
	assertFree,
	holdAlone,
	lockOf,
	openPart,
	partOf,
	publish,
	removePart,
	throwUnwritten,
} from '../files/index.ts';
import { currentIo } from '../io.ts';
import { isText } from './checkpoint.ts';

export interface ProofOptions {
	readonly entry: string;
	readonly out?: string;
	readonly force?: boolean;
}

/** Saves the proof of an entry. */
export async function saveProof(config: Config, { entry, out, force = false }: ProofOptions): Promise<Answer> {
	const path = out ?? `${entry}.tlog-proof`;
	if (path !== '-') await assertFree(path, force);
	const { auditInclusionProof: proof } = await askApi(config)('audit-inclusion-proof', { entryId: entry });
	if (proof === null)
		throw new FirmsealError('NOT_FOUND', 'There is no such entry that is published, or not for this person.');
	const { index, size, file } = Object(proof) as {
		readonly index: number;
		readonly size: number;
		readonly file: unknown;
	};
	if (![index, size].every(Number.isSafeInteger) || !isText(file) || !file.startsWith('c2sp.org/tlog-proof@v1\n'))
		throw noFirmseal();
	const result = { entryId: entry, index, size, file: path === '-' ? null : path };
	const text = `The entry is number ${(index + 1).toLocaleString('en')} of ${size.toLocaleString('en')}${path === '-' ? '' : `: its proof is in ${path}`}.`;
	if (path === '-') {
		currentIo().stdout.write(file);
		return { result, text, isOutputTaken: true };
	}
	await writeWhole(path, file, force);
	return { result, text };
}

async function writeWhole(path: string, text: string, force: boolean): Promise<void> {
	const part = partOf(path, 'proof');
	// What another run writes to may have the name of a finished proof a moment later.
	const letGo = await holdAlone(lockOf(part));
	try {
		const file = await openPart(part);
		try {
			await file.truncate(0).catch(throwUnwritten);
			await file.writeFile(text).catch(throwUnwritten);
			await file.sync().catch(throwUnwritten);
		} catch (error) {
			await removePart(part);
			throw error;
		} finally {
			await file.close();
		}
		await publish(part, path, force);
	} finally {
		await letGo();
	}
}
