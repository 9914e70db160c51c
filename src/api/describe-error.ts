/** What a log may say of an error: its class and its code, such as an SQLSTATE or an errno. */
export interface ErrorDescription {
	readonly class: string;
	readonly code?: string;
	readonly cause?: ErrorDescription;
}

const DEEPEST = 4;

/**
 * Database errors carry bound parameters in message, detail, query and stack, so none of these is taken. The class is
 * the constructor's name, because `name` can be assigned; a code that is not a short word of capitals is left out.
 */
export function describeError(error: unknown, depth = 1): ErrorDescription {
	if (!(error instanceof Error)) return { class: typeof error };
	const { code, cause, originalError } = error as { code?: unknown; cause?: unknown; originalError?: unknown };
	const inner = originalError ?? cause;
	return {
		class: error.constructor.name,
		...(typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) && { code }),
		...(inner instanceof Error && depth < DEEPEST && { cause: describeError(inner, depth + 1) }),
	};
}
