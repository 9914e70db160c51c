import { writeFileSync } from 'node:fs';
import { promisesPage } from './promises/page.ts';

/** Writes docs/reference/promises.md; fails, with a sentence for each, while a promise has no test in fast. */
try {
	writeFileSync(new URL('../docs/reference/promises.md', import.meta.url), promisesPage());
} catch (error) {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
}
