import { replaceHiddenCharacters } from '../../../src/access/visible-text.ts';

/** How a character that no one would see is shown, such as U+202E. */
export const numberOf = (character: string): string =>
	`U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`;

/** Text of a person for a place that takes no elements, such as an option, a title or a label. Everywhere else: VisibleText. */
export const visibleLine = (text: string): string => replaceHiddenCharacters(text, 'LINE', numberOf);

/** The name under which a browser saves a file: what shows nothing could hide what kind of file it is. */
export const fileNameOf = (name: string): string => replaceHiddenCharacters(name, 'LINE', () => '_');
