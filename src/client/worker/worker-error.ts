import { FirmsealError } from '../../errors.ts';
import { NOT_ASKED, refuser, type ToldError } from './refusal.ts';

/** What the browser itself does not let the vault do. */
const SENTENCES = {
	'store-none':
		'This browser keeps nothing for this page, as in a private window, so it can hold no device. Use an ordinary window.',
	'store-full':
		'There is no room left in this browser, so nothing was kept and nothing was sent. Free some space, then try again.',
	'store-newer':
		'What this browser keeps was written by a newer version of this application. Nothing was changed. Close all its tabs, then open it again.',
	'store-gone':
		'The browser removed what it keeps for this page while it was in use, so the device is locked. Reload. If the device is not there, join again with another one.',
	'store-failed':
		'The browser could not read or write what it keeps for this page. Nothing was sent. Reload. If it stays so, report it.',
	'other-tab': 'Firmseal is open in another tab of this browser. Close it there, or take over here.',
	unforeseen: 'Something unforeseen happened in the part of this page that holds your keys. Reload, and report it.',
	'not-asked': NOT_ASKED,
} as const;

export type WorkerReason = keyof typeof SENTENCES;

/** A refusal by the worker itself. */
export const refusal = refuser(SENTENCES, { 'not-asked': 'BAD_USER_INPUT', 'other-tab': 'CONFLICT' });

/** What the page may know of an error. Only the sentences of FirmsealError are shown: others could have a value in them. */
export function tellError(error: unknown): ToldError {
	if (!(error instanceof FirmsealError)) return tellError(refusal('unforeseen'));
	const { code, message } = error;
	const { reason, detail } = error as { reason?: unknown; detail?: unknown };
	const textOf = (part: unknown): string | null => (typeof part === 'string' ? part : null);
	return { code, message, reason: textOf(reason), detail: textOf(detail) };
}
