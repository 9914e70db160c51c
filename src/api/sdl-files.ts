import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../schema/', import.meta.url);

export interface SdlFile {
	/** Its name in schema/. */
	readonly name: string;
	readonly text: string;
}

/** The files of schema/, sorted by name. */
export const readSdlFiles = (): SdlFile[] =>
	readdirSync(FOLDER)
		.filter((name) => name.endsWith('.graphql'))
		.sort()
		.map((name) => ({ name, text: readFileSync(new URL(name, FOLDER), 'utf8') }));
