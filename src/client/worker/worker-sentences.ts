import { NOT_ASKED } from './refusal.ts';

/** What the browser itself does not let the vault do. Loaded with the first refusal. */
export const WORKER_SENTENCES = {
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
