import { FirmsealError, SetupError } from '../../errors.ts';

/** The same error with one more sentence, which says how to go on; an error that no one foresaw is left as it is. */
export function withHint(error: unknown, hint: string): unknown {
	if (error instanceof FirmsealError) return new FirmsealError(error.code, `${error.message} ${hint}`);
	if (error instanceof SetupError) return new SetupError(`${error.message} ${hint}`);
	return error;
}
