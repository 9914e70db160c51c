/**
 * Checks of text that a person reads before a decision, such as a reason or a name: the reader must see every character, in the stored
 * order. Hidden are therefore all of Unicode's class C (controls, direction overrides, zero-width and tag characters, soft hyphens,
 * unassigned and private characters, lone surrogates), other characters that show nothing by default (Hangul fillers, variation
 * selectors), and separators of lines and paragraphs.
 *
 * Three uses of such characters are allowed: an emoji sequence that Unicode recommends; a joiner between two letters of a script whose
 * words need it (RFC 5892, A.1 and A.2: Persian, Indic); the variant of an ideograph or a Mongolian letter. Characters that look like
 * others, such as a Cyrillic а, are allowed, because names contain them.
 */
/** Includes the blanks of Braille, hieroglyphs, musical notes and Khitan, which Unicode counts as symbols or letters. */
const HIDDEN = String.raw`[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800\u{13441}\u{13442}\u{1D159}\u{16FE4}]`;
/** Excludes hidden characters: the neighbour of an allowed character must itself be visible. */
const JOINING = String.raw`[[[\p{scx=Arab}\p{scx=Syrc}\p{scx=Nkoo}\p{scx=Mong}\p{scx=Deva}\p{scx=Beng}\p{scx=Guru}\p{scx=Gujr}\p{scx=Orya}\p{scx=Taml}\p{scx=Telu}\p{scx=Knda}\p{scx=Mlym}\p{scx=Sinh}\p{scx=Khmr}\p{scx=Mymr}]&&[\p{L}\p{M}]]--${HIDDEN}]`;
const IDEOGRAPH = String.raw`[\p{Ideographic}--${HIDDEN}]`;
const MONGOLIAN = String.raw`[[\p{scx=Mong}&&[\p{L}\p{M}]]--${HIDDEN}]`;
const MONGOLIAN_VARIANT = String.raw`[\u180B-\u180D\u180F]`;
const ALLOWED_SEQUENCES = [
	String.raw`\p{RGI_Emoji}`,
	String.raw`(?<=${JOINING}|${MONGOLIAN}${MONGOLIAN_VARIANT})[\u200C\u200D](?=${JOINING})`,
	String.raw`(?<=${IDEOGRAPH})[\uFE00-\uFE02\u{E0100}-\u{E01EF}]`,
	`(?<=${MONGOLIAN})${MONGOLIAN_VARIANT}`,
].join('|');
/** A fast first test: almost no text has a hidden character. */
const HAS_HIDDEN = new RegExp(HIDDEN, 'v');
/** Matches an allowed sequence as a whole, so that the group `hidden` has only characters outside of such sequences. */
const ALLOWED_OR_HIDDEN = new RegExp(`${ALLOWED_SEQUENCES}|(?<hidden>${HIDDEN})`, 'gv');
/** A line must contain one of these, not only blanks. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** `LINES` allows line feeds. */
export type TextForm = 'LINE' | 'LINES';

export const hasNoHiddenCharacters = (text: string, form: TextForm): boolean =>
	escapeHiddenCharacters(text, form) === text;

/** A longer text, or one with gaps, could push the text around it out of sight. */
const MAX_LINES = 40;
const GAP = /(?:^|\n)\p{Zs}*\n\p{Zs}*(?:\n|$)|\p{Zs}{9}/u;

/**
 * Whether the text has at most 40 lines, no two empty lines in a row, and at most eight blanks in a row. The tables have the same check
 * (src/database/tables/visible-text-checks.ts).
 */
export const fitsDisplay = (text: string): boolean =>
	text.split('\n', MAX_LINES + 1).length <= MAX_LINES && !GAP.test(text);

/** Whether the text is one line of at most `max` characters, with a visible character and no hidden one. */
export const isVisibleLine = (text: string, max: number): boolean =>
	VISIBLE.test(text) && Array.from(text).length <= max && hasNoHiddenCharacters(text, 'LINE');

/** The text with each hidden character escaped, such as `\u{202e}`, for a terminal. */
export const escapeHiddenCharacters = (text: string, form: TextForm): string =>
	replaceHiddenCharacters(text, form, (hidden) => `\\u{${hidden.codePointAt(0)?.toString(16)}}`);

export const replaceHiddenCharacters = (text: string, form: TextForm, by: (hidden: string) => string): string =>
	HAS_HIDDEN.test(text)
		? text.replace(ALLOWED_OR_HIDDEN, (match, ...rest) => {
				const { hidden } = rest.at(-1) as { readonly hidden?: string };
				return hidden === undefined || (form === 'LINES' && hidden === '\n') ? match : by(hidden);
			})
		: text;
