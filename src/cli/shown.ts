/** What a terminal would act on, or what doesn't show: controls, directions of writing, zero widths, ends of lines. */
const UNSHOWN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Text of others for a terminal, in one line: what doesn't show as itself is written out. */
export const shown = (text: string): string =>
	text.toWellFormed().replaceAll(UNSHOWN, (each) => `\\u{${each.codePointAt(0)?.toString(16)}}`);

/** A value as one line of JSON that shows all it holds, and means the same. */
export const shownJson = (value: unknown): string =>
	JSON.stringify(value).replaceAll(UNSHOWN, (each) =>
		Array.from({ length: each.length }, (_, n) => `\\u${each.charCodeAt(n).toString(16).padStart(4, '0')}`).join(''),
	);
