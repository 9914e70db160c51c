/** Characters that are invisible or change the display: the first and last of each kind. */
export const HIDDEN: readonly string[] = [
	'\0\t\r\x07\x1b\x7f\x85\x9b\u00ad\u034f\u0600\u061c\u06dd\u070f\u0890\u08e2\u115f\u1160\u17b4\u17b5\u180b\u180d\u180e\u180f',
	'\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2066\u2067\u2068\u2069\u206a\u2800\u3164',
	'\ue000\uf8ff\ufdd0\ufe00\ufe02\ufe03\ufe0e\ufe0f\ufeff\uffa0\ufff0\ufff9\uffff\u{110bd}\u{13430}\u{13441}\u{13442}\u{16fe4}',
	'\u{1bca0}\u{1d159}\u{1d173}\u{1ffff}\u{e0001}\u{e0041}\u{e0061}\u{e0063}\u{e007f}\u{e0100}\u{e01ef}\u{e01f0}\u{f0000}\u{10fffd}',
].flatMap((each) => Array.from(each));

/** Texts that use such characters legitimately, and display everything they hold. */
export const VISIBLE_TEXTS: readonly string[] = [
	'می‌خواهم',
	'शर्‍मा and क्‌ष',
	'葛\u{e0100}城',
	'ᠮᠣᠩᠭᠣᠯ᠋ ᠪᠢᠴᠢᠭ',
	'Family 👨‍👩‍👧 ❤️ 1️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿.pdf',
	'🏴󠁧󠁢󠁳󠁣󠁴󠁿 🏴󠁧󠁢󠁷󠁬󠁳󠁿 👩🏽‍❤️‍💋‍👨🏻 🏳️‍🌈 👁️‍🗨️ ⛹🏿‍♀️ 🧑🏿‍🦰 *️⃣ ©️ ㊙️ 🫱🏻‍🫲🏿',
];
