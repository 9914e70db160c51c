import { expect, it } from 'vitest';
import { documentsOf } from '../../../bench/data/documents.ts';

const FIRM = '01a20e60-0000-7000-8000-0000000000f1';
const mail = (body: string, subject = 'A subject') => ({
	subject,
	body,
	sender: 'a@b.example',
	time: Date.UTC(2002, 5),
});

it('uses e-mails of 200 to 700 bytes, counted in bytes and not in characters', () => {
	const mails = ['a'.repeat(199), 'b'.repeat(200), 'é'.repeat(351), 'é'.repeat(350), 'c'.repeat(701)].map((body) =>
		mail(body),
	);
	expect(documentsOf(mails, FIRM, 2).map(({ description, byteSize }) => [description[0], byteSize])).toEqual([
		['b', 200],
		['é', 700],
	]);
});

it('reports a corpus with too few e-mails', () => {
	expect(() => documentsOf([mail('a'.repeat(300))], FIRM, 2)).toThrow('The corpus has only 1 e-mails');
});

it('gives the same document each time for one e-mail, and another document for another', () => {
	const [one, other] = documentsOf([mail('a'.repeat(300)), mail('b'.repeat(300))], FIRM, 2);
	expect(documentsOf([mail('a'.repeat(300))], FIRM, 1)).toEqual([one]);
	expect([other?.id, other?.objectKey, other?.sha256]).not.toContain(one?.id);
	expect(other?.sha256).not.toBe(one?.sha256);
});

it('turns any subject into a name that the table accepts', () => {
	const [document] = documentsOf([mail('a'.repeat(300), `${'a'.repeat(199)}😀`)], FIRM, 1);
	expect(document?.name).toHaveLength(200);
	expect(document?.name.isWellFormed()).toBe(true);
});
