import { FirmsealError } from '../../errors.ts';
import { readSmallFile } from '../files/index.ts';
import { isVkey } from '../parse/index.ts';

/** Keys before and after rotations: far more than there will be. */
const LONGEST = 65_536;

/** Verifier keys of a file, one in each line and nothing else: it comes from where the log does, and no word of it is taken for anything but a key. @throws FirmsealError */
export async function readVkeys(path: string): Promise<readonly string[]> {
	const text = Buffer.from(await readSmallFile(path, LONGEST)).toString();
	const lines = text.replace(/\n$/, '').split('\n');
	const wrong = lines.findIndex((line) => !isVkey(line));
	if (wrong === -1) return lines;
	throw new FirmsealError(
		'BAD_USER_INPUT',
		`Line ${wrong + 1} of ${JSON.stringify(path)} is no verifier key of the form name+id+key: give a file that has one in each line and nothing else.`,
	);
}
