import type { VaultOperations } from '../../client/vault/index.ts';
import { FirmsealError, SetupError } from '../../errors.ts';
import { readOwnerOnly } from '../../local-files/index.ts';
import { UsageError } from '../command.ts';
import { currentIo } from '../io.ts';
import { isInteractive, promptLine, promptSecret } from '../parse/index.ts';

/** The passphrase of a device, from a file that only its owner may read, or typed without echo. */
export async function readPassphrase(name: string, file: string | undefined): Promise<string> {
	if (file !== undefined) return secretOf(file);
	assertTerminal('the passphrase: give --passphrase-file with a file that only you can read');
	return typedSecret(`Passphrase of the device ${name}: `, 'passphrase');
}

/** The passphrase of a new device, typed twice. */
export async function choosePassphrase(name: string, file: string | undefined): Promise<string> {
	if (file !== undefined) return secretOf(file);
	const first = await readPassphrase(`${name}, at least 12 characters`, undefined);
	if ((await typedSecret('The same once more: ', 'passphrase')) === first) return first;
	throw new FirmsealError('CONFLICT', 'The two passphrases differ: nothing was done. Begin again.');
}

/** A recovery code, as the person reads it from paper, or from a file that only its owner may read. */
export async function readRecoveryCode(file: string | undefined): Promise<string> {
	if (file !== undefined) return (await secretOf(file)).trim();
	assertTerminal('the recovery code: give --code-file with a file that only you can read');
	return (await typedSecret('Your recovery code: ', 'recovery code')).trim();
}

/** Shows a new recovery code once, and has its owner type it back from the paper. */
export async function writeDown(vault: VaultOperations, code: string): Promise<void> {
	currentIo().stderr.write(
		`\nYour recovery code, which is shown only now. Write it on paper, and keep it away from your devices:\n\n    ${code}\n\n`,
	);
	await vault.confirmRecovery({ code: (await promptSecret('Type it from the paper: ')) ?? '' });
}

/** What a command that makes a recovery code needs, for assertTerminal(). */
export const NEW_CODE = 'the recovery code, which is only for paper: run the command in a terminal';

/** @throws UsageError that there is no terminal to ask for `what` */
export function assertTerminal(what: string): void {
	if (!isInteractive()) throw new UsageError(`There is no terminal to ask for ${what}.`);
}

/** Whether the person typed `yes`. */
export async function saysYes(question: string): Promise<boolean> {
	return (await promptLine(`${question} Type yes or no: `))?.toLowerCase() === 'yes';
}

async function typedSecret(question: string, what: string): Promise<string> {
	const typed = await promptSecret(question);
	if (typed === null || typed === '') throw new FirmsealError('CONFLICT', `No ${what} was typed: nothing was done.`);
	return typed;
}

/** Without the line break at its end, which editors add. */
async function secretOf(file: string): Promise<string> {
	const text = await readOwnerOnly(file);
	if (text === null) throw new SetupError(`${file} does not exist: name the file that holds the secret.`);
	return text.replace(/\r?\n$/, '');
}
