import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type Durations, readDurations } from './durations.ts';

const FOLDER = new URL('../../node_modules/.cache/firmseal-tests/', import.meta.url);
const FILE = new URL('pace', FOLDER);
/** Wall seconds for each CPU-second that was recorded, on two idle cores. */
const USUAL = 0.8;

/** Notes how fast this machine is now, by a whole run of the fast tier. */
export function writePace({ files }: Durations, wallSeconds: number): void {
	const recordedFiles = readDurations().fast.files;
	const recorded = Object.keys(files).reduce((sum, path) => sum + (recordedFiles[path] ?? 0), 0);
	mkdirSync(FOLDER, { recursive: true });
	writeFileSync(FILE, String(recorded > 0 ? wallSeconds / recorded : USUAL));
}

/** Wall seconds that a recorded CPU-second takes now. */
export const readPace = (): number => (existsSync(FILE) ? Number(readFileSync(FILE, 'utf8')) : USUAL);
