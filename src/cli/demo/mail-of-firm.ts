import { type DemoFirm, FIRMS } from './firms.ts';
import { type Mail, threadsOf } from './mail.ts';

/** The e-mails that a firm has. */
export interface FirmMail {
	readonly notes: readonly Mail[];
	readonly threads: readonly (readonly Mail[])[];
}

/** Messages of each firm, unless all are asked for. */
const MESSAGES = 150;
const NOTES = 25;
/** How far the firms' notes are apart in the corpus, as older data has them. */
const NOTES_APART = 150;

/** A firm's part of the corpus: of the threads, every other one. All of it holds what the first part holds. */
export function mailOf(firm: DemoFirm, mails: readonly Mail[], { all }: { readonly all: boolean }): FirmMail {
	const index = FIRMS.indexOf(firm);
	const threads = threadsOf(mails).filter((_, place) => place % FIRMS.length === index);
	return {
		notes: mails.slice(index * NOTES_APART, index * NOTES_APART + NOTES),
		threads: all ? threads : firstOf(threads, MESSAGES),
	};
}

/** The first threads that have so many messages together; the last one may be cut. */
function firstOf(threads: readonly (readonly Mail[])[], count: number): (readonly Mail[])[] {
	let left = count;
	return threads.flatMap((thread) => {
		const mails = thread.slice(0, left);
		left -= mails.length;
		return mails.length > 0 ? [mails] : [];
	});
}
