import { validate, version } from 'uuid';
import { FirmsealError } from '../errors.ts';

export interface TextLimit {
	readonly name: string;
	/** UTF-8 bytes at most. */
	readonly bytes: number;
}

/** @throws FirmsealError BAD_USER_INPUT unless `id` is a UUIDv7 in lower case. */
export function checkId(id: string, name: string): string {
	if (!validate(id) || version(id) !== 7 || id !== id.toLowerCase())
		throw new FirmsealError('BAD_USER_INPUT', `The argument ${name} must be a UUIDv7 in lower case.`);
	return id;
}

/** @throws FirmsealError BAD_USER_INPUT for text that is too long; whether it is well-formed is for the envelope to say. */
export function checkText(text: string, { name, bytes }: TextLimit): string {
	if (Buffer.byteLength(text) > bytes)
		throw new FirmsealError('BAD_USER_INPUT', `The ${name} is longer than ${bytes} bytes: shorten it.`);
	return text;
}

/** @throws FirmsealError BAD_USER_INPUT for a time that PostgreSQL doesn't write as we do: a year before 1 or after 9999, in UTC. */
export function checkTime(time: Date, name: string): Date {
	const year = time.getUTCFullYear();
	if (year < 1 || year > 9999)
		throw new FirmsealError('BAD_USER_INPUT', `The argument ${name} must be of the years 1 to 9999.`);
	return time;
}

export function checkRevision(revision: number): number {
	if (revision < 1) throw new FirmsealError('BAD_USER_INPUT', 'The argument expectedRevision must be 1 or more.');
	return revision;
}

/** @throws FirmsealError BAD_USER_INPUT unless the text is one line of 1 to 200 characters. */
export function checkLine(text: string, name: string): string {
	if (!/^\P{C}{1,200}$/u.test(text))
		throw new FirmsealError('BAD_USER_INPUT', `The ${name} must be 1 to 200 characters on one line.`);
	return text;
}
