import { NOT_ASKED, refuser } from './refusal.ts';

/** What the page cannot ask of the worker, or the browser of the page. */
const SENTENCES = {
	stopped:
		'The part of this page that holds your keys has stopped, and the device is locked. Unlock it again, then repeat what you did last.',
	'no-worker': 'The part of this page that holds your keys could not be started. Reload. If it stays so, report it.',
	'not-asked': NOT_ASKED,
	'passkey-none':
		'This browser, or this passkey, cannot lock a device. Lock the device by a passphrase of at least 12 characters.',
	'passkey-refused': 'No passkey was used. Try again, or unlock by a passphrase if the device has one.',
} as const;

export type PageReason = keyof typeof SENTENCES;

/** A refusal by the page's side. */
export const refusal = refuser(SENTENCES, {
	'not-asked': 'BAD_USER_INPUT',
	'passkey-none': 'BAD_USER_INPUT',
	'passkey-refused': 'FORBIDDEN',
});
