import { hash } from 'node:crypto';
import { deriveId, type Mail } from '../../examples/demo/mail.ts';

/** Bytes of the descriptions; about 400 on average. */
const SHORTEST = 200;
const LONGEST = 700;

/** What is sealed of a document, by SQL name and by field. */
export const CONTENT = [
	['description', 'description'],
	['bucket', 'bucket'],
	['object_key', 'objectKey'],
	['sha256', 'sha256'],
] as const;

export type DocumentContent = Readonly<Record<(typeof CONTENT)[number][1], string>>;

/** A document that is measured: a real e-mail as what is said of it, the rest as long as an object store has it. */
export interface BenchDocument extends DocumentContent {
	readonly id: string;
	readonly createdAt: Date;
	readonly name: string;
	readonly byteSize: number;
	/** Of the version that the file is of. */
	readonly versionId: string;
}

/** The first `count` e-mails of the size that is measured, as documents of a firm. @throws Error if there are fewer. */
export function documentsOf(
	mails: readonly Pick<Mail, 'subject' | 'body' | 'time'>[],
	firm: string,
	count: number,
): BenchDocument[] {
	const fitting = mails
		.map((mail) => ({ ...mail, byteSize: Buffer.byteLength(mail.body) }))
		.filter(({ byteSize }) => byteSize >= SHORTEST && byteSize <= LONGEST)
		.slice(0, count);
	if (fitting.length < count)
		throw new Error(`The corpus has only ${fitting.length} e-mails of the size that is measured.`);
	return fitting.map(({ subject, body, time, byteSize }) => {
		const id = deriveId(`bench${subject}${body}`, time);
		return {
			id,
			createdAt: new Date(time),
			name: subject.slice(0, 200).toWellFormed(),
			byteSize,
			versionId: deriveId(`bench version${subject}${body}`, time),
			description: body,
			bucket: 'firm-documents-eu-central-1',
			objectKey: `${firm}/${id}/1`,
			sha256: hash('sha256', body),
		};
	});
}
