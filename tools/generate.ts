import '../src/cli/quick-imports.ts';
import { SetupError } from '../src/errors.ts';

/** Writes what follows from the floors, the schema, the migrations and the tests, in one process: to load the program takes longer than any of it. */
try {
	await import('./floors.ts');
	await import('./catalogue-lock.ts');
	await import('./docs.ts');
	await import('./promises.ts');
} catch (error) {
	if (!(error instanceof SetupError)) throw error;
	console.error(error.message);
	process.exitCode = 1;
}
