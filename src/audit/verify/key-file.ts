import { AuditProofError } from './audit-proof-error.ts';

/** Far more than the keys of all rotations need. */
export const MAX_KEY_FILE_BYTES = 65_536;

/** Whether the text has the form of a verifier key, and no character that another program could read as something else. */
export const isVkey = (text: string): boolean => /^[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/]+=*$/.test(text);

/**
 * The verifier keys in the text of a file, one per line and nothing else. The file may come from the source of the log, so that only whole keys are
 * accepted.
 * @param name The name of the file, which the error contains.
 * @throws AuditProofError that names the first line that is no key.
 */
export function parseKeyFile(text: string, name: string): readonly string[] {
	const lines = text.replace(/\n$/, '').split('\n');
	const wrong = lines.findIndex((line) => !isVkey(line));
	if (wrong === -1) return lines;
	throw new AuditProofError(
		`Line ${wrong + 1} of ${JSON.stringify(name)} is not a verifier key of the form name+id+key: give a file with one key per line and nothing else.`,
		{ line: wrong + 1 },
	);
}
