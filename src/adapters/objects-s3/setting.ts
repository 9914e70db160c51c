import { errorName, statusOf } from './errors.ts';

export interface Setting<Answer> {
	/** null if the setting is not set, or can't be read. */
	readonly value: Answer | null;
	readonly isDenied: boolean;
}

/** Reads a setting of a bucket or an object. The service answers with an error for a setting that was never made. */
export async function setting<Answer>(ask: () => Promise<Answer>): Promise<Setting<Answer>> {
	try {
		return { value: await ask(), isDenied: false };
	} catch (error) {
		const isUnset = statusOf(error) === 404 && errorName(error) !== 'NoSuchBucket';
		// A service that doesn't know the setting (501, 405) doesn't have it.
		if (isUnset || statusOf(error) === 501 || statusOf(error) === 405) return { value: null, isDenied: false };
		if (statusOf(error) === 403) return { value: null, isDenied: true };
		throw error;
	}
}
