import { InvalidArgumentError } from 'commander';
import { validate, version } from 'uuid';

/** What a command takes for the id of a record. @throws InvalidArgumentError */
export function idOf(text: string): string {
	if (!validate(text) || version(text) !== 7 || text !== text.toLowerCase())
		throw new InvalidArgumentError('An id is a UUIDv7 in lower case.');
	return text;
}
