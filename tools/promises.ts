import { writeFileSync } from 'node:fs';
import { promisesPage } from './promises/page.ts';

/** Writes docs/reference/promises.md. Fails with a sentence for each promise that has no fast test. */
try {
	writeFileSync(new URL('../docs/reference/promises.md', import.meta.url), promisesPage());
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
}
