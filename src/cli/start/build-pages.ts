import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Logger } from '../../api/index.ts';
import type { LogFile } from './log-file.ts';

const BUILDER = fileURLToPath(new URL('../../../web/build.ts', import.meta.url));

interface Building {
	/** Where the builder's own lines go. */
	readonly log: LogFile;
	readonly logger: Logger;
	/** Ends the builder. */
	readonly signal: AbortSignal;
}

/**
 * Builds the pages again if their sources are newer, in a process of its own, so that nothing waits for it. Resolves at its end, also
 * when it fails: then the server has the previous build, or none. Null where the pages come built, as in the package.
 */
export function buildPages({ log, logger, signal }: Building): Promise<void> | null {
	if (!existsSync(BUILDER)) return null;
	const builder = spawn(process.execPath, [BUILDER], { stdio: ['ignore', 'pipe', 'pipe'], signal });
	for (const output of [builder.stdout, builder.stderr])
		output.setEncoding('utf8').on('data', (lines: string) => log.write(lines));
	return once(builder, 'exit').then(
		([code]) => {
			if (code !== 0) logger.error({ code }, 'the pages could not be built');
		},
		(error: unknown) => {
			if (!signal.aborted) logger.error({ err: error }, 'the pages could not be built');
		},
	);
}
