import { errorCodeOf, FirmsealError } from '../../errors.ts';
import { readRegular, writeErrorOf } from '../files/index.ts';
import type { ExportPosition } from './read-next-page.ts';

export const FORMAT = 'firmseal-firm-export';
export const VERSION = 1;

/** What an incomplete export keeps beside its files, so that another run goes on where this one was. */
export interface ExportState {
	readonly format: typeof FORMAT;
	readonly version: typeof VERSION;
	readonly firmId: string;
	/** When the first run began. */
	readonly begun: string;
	/** Runs that have worked on it. */
	readonly runs: number;
	readonly position: ExportPosition;
	/** Bytes of each file of lines that count; what is behind them was written by a run that was ended in between. */
	readonly sizes: Readonly<Record<string, number>>;
	/** Objects read so far, by type; parts of records too. */
	readonly counts: Readonly<Record<string, number>>;
	/** Rows of the list that is read, for its progress. */
	readonly rows: number;
	/** Files of versions, and their bytes as the API says. */
	readonly files: { readonly count: number; readonly bytes: number };
	readonly fetched: FetchProgress;
	readonly failures: number;
}

/** How far files are fetched. */
export interface FetchProgress {
	/** Where the line of the document begins whose files are next. */
	readonly offset: number;
	/** Versions of that document that are done with. */
	readonly versions: number;
	/** Files that are here, and their bytes. */
	readonly count: number;
	readonly bytes: number;
	/** Bytes of all files that are done with, as the API says. */
	readonly passed: number;
}

/** null: there is none. @throws FirmsealError CONFLICT for what no run of this version has left, and for another firm's */
export async function readState(path: string, firmId: string): Promise<ExportState | null> {
	const text = await readRegular(path).catch((error: unknown) => {
		if (errorCodeOf(error) === 'ENOENT') return null;
		// A link, a pipe, a directory, a socket.
		throw ['ELOOP', 'EINVAL', 'EISDIR', 'ENXIO'].includes(errorCodeOf(error))
			? unknownStateError()
			: writeErrorOf(error);
	});
	if (text === null) return null;
	const state = parse(text);
	if (state?.format !== FORMAT || state.version !== VERSION || typeof state.position !== 'object')
		throw unknownStateError();
	if (state.firmId !== firmId) throw otherFirmError();
	return state as ExportState;
}

const unknownStateError = () =>
	new FirmsealError(
		'CONFLICT',
		'The incomplete export is none that this version goes on with: remove the directory that ends with .part.',
	);

export const otherFirmError = () =>
	new FirmsealError(
		'CONFLICT',
		'The incomplete export is another firm’s: name another place by --out, or remove the directory that ends with .part.',
	);

function parse(text: string): Partial<ExportState> | null {
	try {
		return JSON.parse(text) as Partial<ExportState> | null;
	} catch {
		return null;
	}
}
