/** The key that verified the log, and where that key came from. */
export const keyLine = (vkey: string | null, isPinned: boolean): string =>
	vkey === null
		? 'key         none yet'
		: `key         ${vkey}\n            ${isPinned ? 'given by --vkey' : 'from the log itself: to check it, give your own copy of the key with --vkey'}`;
