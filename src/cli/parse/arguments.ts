import { InvalidArgumentError } from 'commander';
import { validate, version } from 'uuid';
import { isId } from './is-id.ts';

/** What the log calls a hold by, of which nobody says what it was made of. @throws InvalidArgumentError */
export function anyIdOf(text: string): string {
	if (!isId(text)) throw new InvalidArgumentError('An id of a hold is a UUID in lower case.');
	return text;
}

/** What a command takes for the id of a record. @throws InvalidArgumentError */
export function idOf(text: string): string {
	if (!validate(text) || version(text) !== 7 || text !== text.toLowerCase())
		throw new InvalidArgumentError('An id is a UUIDv7 in lower case.');
	return text;
}
