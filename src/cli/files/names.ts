import { basename, extname } from 'node:path';
import { replaceHiddenCharacters } from '../../access/index.ts';

/** In characters. */
const LONGEST_DOCUMENT_NAME = 200;
/** In bytes, with room for the suffix of an incomplete file. */
const LONGEST_FILE_NAME = 200;

/** The document's name for the path of a file, on one line. */
export function documentNameOf(path: string): string {
	const name = replaceHiddenCharacters(basename(path).toWellFormed(), 'LINE', () => '_').trim();
	const characters = Array.from(name);
	if (characters.length <= LONGEST_DOCUMENT_NAME) return name || 'file';
	const extension = shortExtension(name);
	return characters.slice(0, LONGEST_DOCUMENT_NAME - extension.length).join('') + extension;
}

/** Device names, which Windows reserves in every directory. */
const DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/** Windows removes these from the end of a name. */
const ENDS_UNSEEN = /[. ]+$/;

/** The suffixes that commands give to incomplete files and to lock files. */
const INCOMPLETE = /\.(?=(?:part|running)$)/i;

/**
 * Turns any name into that of a file in the current directory: no path, nothing hidden or invisible, nothing that a command would take for
 * an option or for a file of its own.
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

/** Shortens a name to at most `bytes` bytes and keeps its extension. */
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
