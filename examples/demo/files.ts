import { replaceHiddenCharacters } from '../../src/access/index.ts';
import type { DemoFirm } from './firms.ts';
import type { Mail } from './mail.ts';
import { type DemoText, TEXTS } from './texts.ts';

/** A document with an uploaded file. */
export interface DemoFile {
	readonly name: string;
	readonly mimeType: string;
	readonly description: string;
	/** When the file arrived, in milliseconds; BEGINNING of items.ts unless given. */
	readonly time?: number;
	readonly changeSummary: string;
	readonly bytes: Uint8Array;
	readonly isShared: boolean;
}

/** How many e-mails of a firm become files. */
const KEPT = 4;

/** The texts of the firm, and the first e-mail of each of its first threads, with all headers. */
export const filesOf = (firm: DemoFirm, threads: readonly (readonly Mail[])[]): DemoFile[] => [
	...TEXTS[firm.slug].map((text, index) => ({
		name: text.name,
		mimeType: 'text/plain',
		description: text.description,
		changeSummary: 'As sent.',
		bytes: bytesOf(text),
		isShared: index === 0,
	})),
	...threads.slice(0, KEPT).flatMap(([mail]) =>
		mail
			? [
					{
						name: `${replaceHiddenCharacters(mail.subject, 'LINE', () => '_')
							.replaceAll(/[/\\:]/g, '_')
							.slice(0, 100)}.eml`,
						mimeType: 'message/rfc822',
						description: `E-mail from ${mail.sender}.`,
						time: mail.time,
						changeSummary: 'As received.',
						bytes: Buffer.from(mail.text),
						isShared: false,
					},
				]
			: [],
	),
];

const bytesOf = ({ lines }: Pick<DemoText, 'lines'>): Uint8Array => Buffer.from(`${lines.join('\n')}\n`);
