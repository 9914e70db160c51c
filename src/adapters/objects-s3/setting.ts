import { errorName, statusOf } from './errors.ts';

export interface Setting<Answer> {
	/** null: it isn't set, or can't be read. */
	readonly value: Answer | null;
	readonly isDenied: boolean;
}

/** A setting of a bucket or an object; one that was never made is an error of the service's. */
export async function setting<Answer>(ask: () => Promise<Answer>): Promise<Setting<Answer>> {
	try {
		return { value: await ask(), isDenied: false };
	} catch (error) {
		const isUnset = statusOf(error) === 404 && errorName(error) !== 'NoSuchBucket';
		// What a service doesn't know of, it doesn't do.
		if (isUnset || statusOf(error) === 501 || statusOf(error) === 405) return { value: null, isDenied: false };
		if (statusOf(error) === 403) return { value: null, isDenied: true };
		throw error;
	}
}
