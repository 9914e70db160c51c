import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type Durations, readDurations } from './durations.ts';

const FOLDER = new URL('../../node_modules/.cache/firmseal-tests/', import.meta.url);
const FILE = new URL('pace', FOLDER);
/** Wall seconds per recorded CPU-second, on two idle cores. */
const USUAL = 0.8;

/** Saves the present speed of this machine, from a whole run of the fast tier. */
export function writePace({ files }: Durations, wallSeconds: number): void {
	const recordedFiles = readDurations().fast.files;
	const recorded = Object.keys(files).reduce((sum, path) => sum + (recordedFiles[path] ?? 0), 0);
	mkdirSync(FOLDER, { recursive: true });
	writeFileSync(FILE, String(recorded > 0 ? wallSeconds / recorded : USUAL));
}

/** Present wall seconds per recorded CPU-second. */
export const readPace = (): number => (existsSync(FILE) ? Number(readFileSync(FILE, 'utf8')) : USUAL);
