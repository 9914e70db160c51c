import { existsSync } from 'node:fs';
import type { Config } from '../config/index.ts';
import { SetupError } from '../errors.ts';
import type { DatabaseAccess } from '../wiring/index.ts';
import type { Progress } from './print/index.ts';

export interface DemoLoading {
	/** True to load all usable e-mails, about 6,000, instead of 300. */
	readonly all?: boolean;
	/** Where log lines go; standard error unless given. */
	readonly log: { write(line: string): void } | undefined;
	readonly showProgress: (title: string, total: number) => Progress;
}

/** What examples/demo exports. */
export interface DemoModule {
	/** Id of a document that Northgate's portal client can download. */
	readonly sharedFileId: string;
	/**
	 * Writes the rows and files that are missing and keeps those that exist, so an interrupted load can be run again.
	 * @returns the number of written objects, by type
	 */
	loadDemo(config: Config, database: DatabaseAccess, options: DemoLoading): Promise<Readonly<Record<string, number>>>;
}

const MODULE = new URL('../../examples/demo/demo.ts', import.meta.url);

/** @throws SetupError outside a clone: neither the npm package nor the container image has examples/. */
export async function importDemo(): Promise<DemoModule> {
	if (!existsSync(MODULE))
		throw new SetupError('The demo data is only in a clone of the repository: run `npm ci && npm start` there.');
	return import(MODULE.href);
}
