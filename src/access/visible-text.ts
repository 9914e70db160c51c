/**
 * Text that a person decides by or acts on: a reason, a name, a file's name. What it holds is what is seen, in the order in which it
 * stands there. Left out is therefore all of Unicode's class C (controls, overrides of direction, zero-width and tag characters, soft
 * hyphens, what is unassigned or private, halves of a pair), what else shows nothing by default (fillers of Hangul, variation
 * selectors), and separators of lines and paragraphs.
 *
 * Three things are written with such characters and stay: an emoji that Unicode recommends, as a whole; a joiner between two letters of
 * a script whose words need it (RFC 5892, A.1 and A.2: Persian, Indic); the variant of an ideograph or a Mongolian letter. Characters
 * that look like others, such as a Cyrillic а, are not looked for: they are letters of someone's name.
 */
/** With blanks of Braille, hieroglyphs, notes and Khitan, which are symbols or letters to Unicode. */
const HIDDEN = String.raw`[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\u{13441}\u{13442}\u{1D159}\u{16FE4}]`;
/** What stands beside something needed is seen itself, or is needed: otherwise it would be gone when it is shown. */
const JOINING = String.raw`[[[\p{scx=Arab}\p{scx=Syrc}\p{scx=Nkoo}\p{scx=Mong}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}\p{scx=Khmr}\p{scx=Mymr}]&&[\p{L}\p{M}]]--${HIDDEN}]`;
const IDEOGRAPH = String.raw`[\p{Ideographic}--${HIDDEN}]`;
const MONGOLIAN = String.raw`[[\p{scx=Mong}&&[\p{L}\p{M}]]--${HIDDEN}]`;
const MONGOLIAN_VARIANT = String.raw`[\u180B-\u180D\u180F]`;
const NEEDED_SEQUENCES = [
	String.raw`\p{RGI_Emoji}`,
	String.raw`(?<=${JOINING}|${MONGOLIAN}${MONGOLIAN_VARIANT})[\u200C\u200D](?=${JOINING})`,
	String.raw`(?<=${IDEOGRAPH})[\uFE00-\uFE02\u{E0100}-\u{E01EF}]`,
	`(?<=${MONGOLIAN})${MONGOLIAN_VARIANT}`,
].join('|');
/** Nearly no text has any, which is known sooner than which of them are needed. */
const HAS_HIDDEN = new RegExp(HIDDEN, 'v');
/** Whatever is needed is matched whole, so that `hidden` is only what isn't. */
const NEEDED_OR_HIDDEN = new RegExp(`${NEEDED_SEQUENCES}|(?<hidden>${HIDDEN})`, 'gv');
/** Beside what is hidden there must be something else than blanks. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** `LINES`: with line feeds. */
export type TextForm = 'LINE' | 'LINES';

/** Whether the text shows all that it holds. */
export const hasNoHiddenCharacters = (text: string, form: TextForm): boolean =>
	escapeHiddenCharacters(text, form) === text;

/** What is longer, or has gaps, pushes out of sight what is shown beside it. */
const MAX_LINES = 40;
const GAP = /(?:^|\n)\p{Zs}*\n\p{Zs}*(?:\n|$)|\p{Zs}{9}/u;

/** Whether the text has 40 lines at most, no two empty ones in a row, and no more than eight blanks in a row. The tables have the same (src/database/tables/visible-text-checks.ts). */
export const fitsDisplay = (text: string): boolean =>
	text.split('\n', MAX_LINES + 1).length <= MAX_LINES && !GAP.test(text);

/** Whether the text is one line of 1 to `most` characters that shows all that it holds, and something. */
export const isVisibleLine = (text: string, most: number): boolean =>
	VISIBLE.test(text) && Array.from(text).length <= most && hasNoHiddenCharacters(text, 'LINE');

/** The text with each hidden character in the open, as `\u{202e}`: what a terminal may be given. */
export const escapeHiddenCharacters = (text: string, form: TextForm): string =>
	replaceHiddenCharacters(text, form, (hidden) => `\\u{${hidden.codePointAt(0)?.toString(16)}}`);

/** The text with something else for each hidden character. */
export const replaceHiddenCharacters = (text: string, form: TextForm, by: (hidden: string) => string): string =>
	HAS_HIDDEN.test(text)
		? text.replace(NEEDED_OR_HIDDEN, (match, ...rest) => {
				const { hidden } = rest.at(-1) as { readonly hidden?: string };
				return hidden === undefined || (form === 'LINES' && hidden === '\n') ? match : by(hidden);
			})
		: text;
