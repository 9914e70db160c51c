import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Baseline, baselineOf, writeBaseline } from './baseline.ts';
import {
	DETAILS,
	hasPicture,
	performancePage,
	pictureName,
	readExplanations,
	sectionName,
	sectionPage,
} from './page.ts';
import { plotBars } from './plots/bars.ts';
import { plotCurve } from './plots/curve.ts';
import type { Result } from './result.ts';

/** The project's own documents. */
export const DOCS = fileURLToPath(new URL('../../docs/reference', import.meta.url));

const BASELINE = 'performance.json';
const EXPLANATIONS = new URL('../missed-targets.md', import.meta.url);

/** The ratios that are committed; null: none are yet. */
export function readBaseline(docs: string): Baseline | null {
	const path = join(docs, BASELINE);
	return statSync(path, { throwIfNoEntry: false }) ? JSON.parse(readFileSync(path, 'utf8')) : null;
}

/** performance.md, performance.json, and in performance/ a page of each section and the pictures, in place of those that are there. */
export function writeReport(docs: string, result: Result): void {
	const details = join(docs, DETAILS);
	mkdirSync(details, { recursive: true });
	// `docs` may be any directory: nothing goes that cannot be of an earlier run.
	for (const name of readdirSync(details)) if (/\.(md|svg)$/.test(name)) rmSync(join(details, name));
	for (const section of result.sections) {
		writeFileSync(join(details, sectionName(section)), sectionPage(section));
		for (const table of section.tables.filter(hasPicture))
			writeFileSync(join(details, pictureName(table)), table.growth ? plotCurve(table) : plotBars(table));
	}
	const explanations = readExplanations(readFileSync(EXPLANATIONS, 'utf8'));
	writeFileSync(join(docs, 'performance.md'), performancePage(result, explanations));
	writeFileSync(join(docs, BASELINE), writeBaseline(baselineOf(result)));
}
