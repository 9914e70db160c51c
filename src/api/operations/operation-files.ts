import { readdirSync, readFileSync } from 'node:fs';
import { SetupError } from '../../errors.ts';

/** From the folder of the project. */
export const OPERATION_FOLDER = 'schema/operations/operator/';

const FOLDER = new URL(`../../../${OPERATION_FOLDER}`, import.meta.url);

/** A file of the folder, and what it holds. */
export interface OperationFile {
	/** Such as note-content.graphql, which holds NoteContent. */
	readonly name: string;
	readonly text: string;
}

/**
 * The operations that an operator's console may ask, in the order of their names: the server registers them, and commands ask by them.
 * @throws SetupError without the folder.
 */
export function readOperationFiles(): OperationFile[] {
	try {
		return readdirSync(FOLDER)
			.filter((name) => name.endsWith('.graphql'))
			.sort()
			.map((name) => ({ name, text: readFileSync(new URL(name, FOLDER), 'utf8') }));
	} catch {
		throw new SetupError(`${OPERATION_FOLDER} is missing or can't be read: restore it from version control.`);
	}
}
