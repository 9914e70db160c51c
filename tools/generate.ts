import '../src/cli/quick-imports.ts';
import { SetupError } from '../src/errors.ts';

/** Runs all generators in one process, because loading the program takes longer than any of them. */
try {
	await import('./floors.ts');
	await import('./catalogue-lock.ts');
	await import('./operation-hashes.ts');
	await import('./client-coordinates.ts');
	await import('./docs.ts');
} catch (error) {
	if (!(error instanceof SetupError)) throw error;
	console.error(error.message);
	process.exitCode = 1;
}
