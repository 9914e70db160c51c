/** By which key was verified, and who says that it is the right one. */
export const keyLine = (vkey: string | null, isPinned: boolean): string =>
	vkey === null
		? 'key         none yet'
		: `key         ${vkey}\n            ${isPinned ? 'given by --vkey' : 'as the log itself names it: give the one that you keep elsewhere by --vkey'}`;
