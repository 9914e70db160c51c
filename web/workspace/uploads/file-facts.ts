import { replaceHiddenCharacters } from '../../../src/access/visible-text.ts';

/** Characters that the name of a document may have. */
const MOST = 200;
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]*\/[a-z0-9][a-z0-9!#$&^_.+-]*$/;
const OTHER = 'application/octet-stream';

/** The name of a file as a document may have it: one line, without invisible characters. A name that is too long keeps its ending. */
export function documentNameOf(fileName: string): string {
	const characters = Array.from(replaceHiddenCharacters(fileName, 'LINE', () => '_').trim());
	if (characters.length <= MOST) return characters.join('') || 'file';
	const ending = Array.from(/\.[^.\s]{1,10}$/u.exec(characters.join(''))?.[0] ?? '');
	return [...characters.slice(0, MOST - ending.length), ...ending].join('');
}

/** The media type that the browser derives from the file's name, as a document may have it. */
export function mediaTypeOf(type: string): string {
	const essence = type.split(';', 1)[0]?.trim().toLowerCase() ?? '';
	return essence.length <= 127 && MEDIA_TYPE.test(essence) ? essence : OTHER;
}
