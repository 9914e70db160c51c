import { basename, extname } from 'node:path';
import { replaceHiddenCharacters } from '../../access/index.ts';

/** Characters of a document's name, and bytes of a file's with room for what stands behind it while it is incomplete. */
const LONGEST_NAME = 200;
const LONGEST_FILE_NAME = 200;

/** A document's name from the path of a file: on one line, and not too long. */
export function documentNameOf(path: string): string {
	const name = replaceHiddenCharacters(basename(path).toWellFormed(), 'LINE', () => '_').trim();
	const characters = Array.from(name);
	if (characters.length <= LONGEST_NAME) return name || 'file';
	const extension = shortExtension(name);
	return characters.slice(0, LONGEST_NAME - extension.length).join('') + extension;
}

/** Of Windows, where these are devices in every directory. */
const DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** What Windows takes off the end of a name. */
const ENDS_UNSEEN = /[. ]+$/;

/** How names end that a command gives to what is incomplete, beside what it will be, and to what says which run has that. */
const INCOMPLETE = /\.(?=(?:part|running(?:\.over)*)$)/i;

/**
 * A name that is one file in the directory at hand, whoever made it up: no way to elsewhere, nothing hidden or unseen, nothing that a
 * command takes for an option, or for a file that it has begun itself.
 */
export function safeFileName(name: string): string {
	const last = name.toWellFormed().slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
	const bare = replaceHiddenCharacters(last, 'LINE', () => '_')
		.replaceAll(/[<>:"|?*]/g, '_')
		.trim()
		.replace(/^[.\-~]+/, '_')
		.replace(ENDS_UNSEEN, '');
	const kept = DEVICES.test(bare) ? `_${bare}` : bare;
	if (kept === '') return 'document';
	return shorten(kept, LONGEST_FILE_NAME).replace(ENDS_UNSEEN, '').replace(INCOMPLETE, '_');
}

/** So many bytes of it at most, its extension among them. */
export function shorten(name: string, bytes: number): string {
	if (Buffer.byteLength(name) <= bytes) return name;
	const extension = shortExtension(name);
	let head = '';
	for (const character of name.slice(0, name.length - extension.length)) {
		if (Buffer.byteLength(head + character + extension) > bytes) break;
		head += character;
	}
	return head.trimEnd() + extension;
}

function shortExtension(name: string): string {
	const extension = extname(name);
	return /^\.\w{1,12}$/.test(extension) ? extension : '';
}
