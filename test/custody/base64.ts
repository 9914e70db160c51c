import { fromBase64, toBase64 } from '../../src/custody/index.ts';

/** For each text the bytes that it spells, or null: by the formats, and by the rule that there is one spelling. */
export const readTexts = (texts: readonly string[]) =>
	texts.map((text) => ({ text, read: listed(fromBase64(text)), expected: listed(canonical(text)) }));

/** Of bytes of each length: whether they are spelled as `btoa` does. */
export const spelled = (lengths: readonly number[]): boolean[] =>
	lengths.map((length) => {
		const bytes = Uint8Array.from({ length }, (_, at) => (at * 167 + length) % 256);
		const latin1 = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
		return toBase64(bytes) === btoa(latin1);
	});

const listed = (bytes: Uint8Array | null): number[] | null => (bytes === null ? null : [...bytes]);

function canonical(text: string): Uint8Array | null {
	try {
		const latin1 = atob(text);
		return btoa(latin1) === text ? Uint8Array.from(latin1, (character) => character.charCodeAt(0)) : null;
	} catch {
		return null;
	}
}
