import { InvalidArgumentError } from 'commander';
import { FirmsealError } from '../errors.ts';
import { askPerson, isAttended } from './ask-person.ts';
import { WrongUseError } from './command.ts';
import { currentIo } from './io.ts';

/** Hexadecimal digits of a request's hash that a person types who sees that request; where no one sees it, all 64 are named. */
export const SHORT = 8;

/** What `--hash` takes. @throws InvalidArgumentError */
export function hashOf(text: string): string {
	if (!/^[0-9a-f]{64}$/i.test(text)) throw new InvalidArgumentError("It is the request's whole hash, in hexadecimal.");
	return text;
}

/** `printedBy`: the command that prints the hash. @throws WrongUseError where no one can be asked for it. */
export function requireHashOrPerson(hash: string | undefined, printedBy: string): void {
	if (hash === undefined && !isAttended())
		throw new WrongUseError(
			`No terminal is there to ask at: give --hash, the request hash that \`${printedBy}\` prints.`,
		);
}

/**
 * Shows all of a request, and waits until its hash is named: by `named`, or typed by the person who has read it.
 * @throws FirmsealError CONFLICT
 */
export async function confirmHash(lines: string, hash: string, named: string | undefined): Promise<void> {
	currentIo().stderr.write(`${lines}\n\n`);
	const typed = named ?? (await askPerson(`To agree to exactly this, type the first ${SHORT} digits of its hash: `));
	const digits = typed?.toLowerCase() ?? '';
	if (digits === '') throw new FirmsealError('CONFLICT', 'No hash was typed: nothing was agreed to.');
	if (digits.length < SHORT || !hash.startsWith(digits))
		throw new FirmsealError(
			'CONFLICT',
			'The hash does not match the request shown: nothing was agreed to. Read the request, and name its hash.',
		);
}
