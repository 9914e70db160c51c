import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Logger } from '../../api/index.ts';

const BUILDER = fileURLToPath(new URL('../../../web/build.ts', import.meta.url));

interface Building {
	readonly logger: Logger;
	/** Ends the builder. */
	readonly signal: AbortSignal;
}

/**
 * Builds the pages again if their sources are newer, in a process of its own, so that nothing waits for it. Resolves at its end, also
 * when it fails: then the server has the previous build, or none. Null where the pages come built, as in the package.
 */
export function buildPages({ logger, signal }: Building): Promise<void> | null {
	if (!existsSync(BUILDER)) return null;
	// `npm run build:web` prints what went wrong.
	const builder = spawn(process.execPath, [BUILDER], { stdio: 'ignore', signal });
	const failed = () => logger.error({}, 'the pages could not be built: npm run build:web says why');
	return once(builder, 'exit').then(
		([code]) => {
			if (code !== 0) failed();
		},
		() => {
			if (!signal.aborted) failed();
		},
	);
}
