import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Result } from '../harness/section.ts';
import { type Baseline, baselineOf, writeBaseline } from './guard.ts';
import {
	DETAILS,
	hasPicture,
	performancePage,
	pictureName,
	readExplanations,
	sectionName,
	sectionPage,
} from './page.ts';
import { plotBars, plotCurve } from './plots.ts';

export const DOCS = fileURLToPath(new URL('../../docs/reference', import.meta.url));

const BASELINE = 'performance.json';
const EXPLANATIONS = new URL('../missed-targets.md', import.meta.url);

/** The committed ratios; null before the first whole run. */
export function readBaseline(docs: string): Baseline | null {
	const path = join(docs, BASELINE);
	return statSync(path, { throwIfNoEntry: false }) ? JSON.parse(readFileSync(path, 'utf8')) : null;
}

/** Writes performance.md, performance.json, and in performance/ a page for each section and the pictures. Replaces those of earlier runs. */
export function writeReport(docs: string, result: Result): void {
	const details = join(docs, DETAILS);
	mkdirSync(details, { recursive: true });
	// `docs` can be any directory, so only files that a run can have written are deleted.
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
