import { type ErrorCode, FirmsealError } from '../../errors.ts';

/** What the browser itself does not let the vault do, in words for the person. The names are stable: applications switch on them. */
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
	stopped:
		'The part of this page that holds your keys has stopped, and the device is locked. Unlock it again, then repeat what you did last.',
	'no-worker': 'The part of this page that holds your keys could not be started. Reload. If it stays so, report it.',
	unforeseen: 'Something unforeseen happened in the part of this page that holds your keys. Reload, and report it.',
	'not-asked': 'This page asked for something that is no operation of the vault. Nothing was done. Report it.',
	'passkey-none':
		'This browser, or this passkey, cannot lock a device. Lock the device by a passphrase of at least 12 characters.',
	'passkey-refused': 'No passkey was used. Try again, or unlock by a passphrase if the device has one.',
} as const;

const CODES: Partial<Record<keyof typeof SENTENCES, ErrorCode>> = {
	'not-asked': 'BAD_USER_INPUT',
	'other-tab': 'CONFLICT',
	'passkey-none': 'BAD_USER_INPUT',
	'passkey-refused': 'FORBIDDEN',
};

export type WorkerReason = keyof typeof SENTENCES;

/** A refusal of the vault, as the page sees it. */
export class VaultRefusal extends FirmsealError {
	override readonly name = 'VaultError';
	/** Of VaultError, or a WorkerReason: stable. null for an error without one. */
	readonly reason: string | null;
	/** As VaultError has it. */
	readonly detail: string | null;

	constructor(told: ToldError) {
		super(told.code, told.message);
		this.reason = told.reason;
		this.detail = told.detail;
	}
}

/** An error as it crosses between worker and page. The message is a sentence of ours, never that of an engine. */
export interface ToldError {
	readonly code: ErrorCode;
	readonly message: string;
	readonly reason: string | null;
	readonly detail: string | null;
}

/** A refusal by the worker itself, or by the page. */
export const refusal = (reason: WorkerReason): VaultRefusal =>
	new VaultRefusal({ code: CODES[reason] ?? 'INTERNAL', message: SENTENCES[reason], reason, detail: null });

/** What the page may know of an error. Only the sentences of FirmsealError are shown: others could have a value in them. */
export function tellError(error: unknown): ToldError {
	if (!(error instanceof FirmsealError)) return tellError(refusal('unforeseen'));
	const { code, message } = error;
	const { reason, detail } = error as { reason?: unknown; detail?: unknown };
	const textOf = (part: unknown): string | null => (typeof part === 'string' ? part : null);
	return { code, message, reason: textOf(reason), detail: textOf(detail) };
}
