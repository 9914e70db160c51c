import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { errorCodeOf } from '../errors.ts';

export const OWNER_ONLY_FILE = 0o600;
const UNFINISHED = /^\.[0-9a-f-]{36}\.new$/;

/** A new path for a file that gets its name once it is complete. A process that is killed leaves the file. */
export const unfinishedPathIn = (directory: string): string => join(directory, `.${randomUUID()}.new`);

export const isUnfinished = (name: string): boolean => UNFINISHED.test(name);

/** Resolves to null for these error codes, since another process may remove a file at any moment. */
export async function nullIfAbsent<Found>(
	found: Promise<Found>,
	codes: readonly string[] = ['ENOENT'],
): Promise<Found | null> {
	try {
		return await found;
	} catch (error) {
		if (codes.includes(errorCodeOf(error))) return null;
		throw error;
	}
}
