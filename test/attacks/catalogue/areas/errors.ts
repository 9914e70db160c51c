import { v7 as uuidv7 } from 'uuid';
import { expect } from 'vitest';
import { withoutIds } from '../../../support/without-ids.ts';
import { claimsOf, forgeToken } from '../../scene.ts';
import type { Area, Attack } from '../attack.ts';
import { codesOf } from '../proofs.ts';
import type { AttackAnswer, Stage } from '../stage.ts';

const CREATE = 'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id title } } }';

/** Checks that the answer has one error, with this code, and holds none of the words. */
function told(answer: AttackAnswer, code: string, ...words: string[]): AttackAnswer {
	expect(codesOf(answer)).toEqual([code]);
	for (const word of words) expect(answer.text).not.toContain(word);
	return answer;
}

/** While `breaks` is in force, the database's message must reach neither the caller nor the log. */
const broken = (attack: string, breaks: string, repairs: string): Attack => ({
	attack,
	expected: 'INTERNAL with the request id and one fixed sentence; the log line has the SQLSTATE only',
	layer: 'error format',
	async run(stage) {
		const secret = stage.secret();
		await stage.admin.unsafe(breaks);
		try {
			const from = stage.api.lines.length;
			const answer = told(
				await stage.ask(stage.north.member, CREATE, { input: { title: secret } }),
				'INTERNAL',
				secret,
			);
			expect(answer.errors[0]?.extensions.requestId).toBe(answer.headers.get('x-request-id'));
			const lines = stage.api.lines.slice(from).join('');
			expect(lines).toContain(String(answer.headers.get('x-request-id')));
			expect(withoutIds(lines)).not.toMatch(/f501|params|insert into|told-by-the-database/);
			return { answers: [answer] };
		} finally {
			await stage.admin.unsafe(repairs);
		}
	},
});

const inLiterals = (secret: string) => [
	`{ note(id: { a: "${secret}" }) { id } }`,
	`{ notes(filter: { createdFrom: "${secret}" }) { totalCount } }`,
	`{ notes(first: "${secret}") { totalCount } }`,
	`mutation { createNote(input: { title: ["${secret}"] }) { note { id } } }`,
	`mutation { createNote(input: { title: "a" titel: "${secret}" }) { note { id } } }`,
	`{ notes(orderBy: "${secret}") { totalCount } }`,
];

/** Makes an invitation to north. `secret` is the secret in its link. */
async function invite({ ask, north }: Stage, email: string) {
	const query = 'mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { invitation { id role } path } }';
	const answer = await ask(north.owner, query, { input: { email, name: 'N', role: 'MEMBER' } });
	const { invitation, path } = answer.data.inviteMember;
	const revoke = `mutation { revokeInvitation(input: { invitationId: "${invitation.id}" }) { invitation { id } } }`;
	return { answer, secret: path.split('=')[1], end: () => ask(north.owner, revoke) };
}

/** The answer without the parts that differ each time. */
const shapeOf = ({ text }: AttackAnswer) =>
	text.replaceAll(/"(id|requestId)":"[^"]*"/g, '').replaceAll(/#invitation=[\w-]*/g, '');

export const errors: Area = {
	title: 'Errors that could leak',
	attacks: [
		{
			attack: 'Content as a literal of the wrong type, in six positions of a document',
			expected: 'GRAPHQL_VALIDATION_FAILED with the field and type, without the value',
			layer: 'schema',
			async run({ ask, north, secret }) {
				const text = secret();
				const answers = await Promise.all(inLiterals(text).map((query) => ask(north.member, query)));
				for (const answer of answers) told(answer, 'GRAPHQL_VALIDATION_FAILED', text);
				return { answers };
			},
		},
		{
			attack: 'Content in a document that does not parse: an open string, a string, a block string, after a number',
			expected: 'GRAPHQL_PARSE_FAILED with the kind of the token only',
			layer: 'schema',
			async run({ ask, north, secret }) {
				const text = secret();
				const documents = [`{ note(id: "${text}`, `{ note "${text}" }`, `{ """${text}""" }`, `query 1${text}`];
				const answers = await Promise.all(documents.map((query) => ask(north.member, query)));
				for (const answer of answers) told(answer, 'GRAPHQL_PARSE_FAILED', text);
				return { answers };
			},
		},
		{
			attack:
				'Content in a variable of the wrong shape: in a list, as a key, in an object, as a text, in a list of texts',
			expected: 'BAD_USER_INPUT with the variable and the position only',
			layer: 'arguments',
			async run({ ask, north, secret }) {
				const text = secret();
				const inputs = [{ title: [text] }, { [text]: 1 }, { title: { [text]: text } }, text, [text, text]];
				const answers = await Promise.all(inputs.map((input) => ask(north.member, CREATE, { input })));
				for (const answer of answers) told(answer, 'BAD_USER_INPUT', text);
				return { answers };
			},
		},
		{
			attack: 'Content as the operation name, and as the path of the request',
			expected: 'BAD_USER_INPUT and NOT_FOUND, without the text',
			layer: 'HTTP',
			async run({ send, north, secret }) {
				const text = secret().replaceAll(' ', '_');
				const headers = ['content-type', 'application/json'];
				const body = JSON.stringify({
					query: 'query A { viewer { id } } query B { viewer { id } }',
					operationName: text,
				});
				return {
					answers: [
						told(await send(north.member, { headers, body }), 'BAD_USER_INPUT', text),
						told(await send(north.member, { path: `/${text}?${text}`, headers, body }), 'NOT_FOUND', text),
						told(await send(north.member, { path: `/%00${text}%`, headers, body }), 'BAD_USER_INPUT', text),
					],
				};
			},
		},
		broken(
			'A column is missing, so that the driver’s message holds the statement and its parameters',
			'alter table notes rename column body to body_gone',
			'alter table notes rename column body_gone to body',
		),
		broken(
			'A trigger raises an error with the whole row in its message, detail and hint',
			`create function tell_row() returns trigger language plpgsql as $$ begin
				raise exception 'told-by-the-database %', new using detail = new::text, hint = new::text; end $$;
				create trigger tell_row before insert on notes for each row execute function tell_row()`,
			'drop trigger tell_row on notes; drop function tell_row()',
		),
		broken(
			'A CHECK fails, and its DETAIL is the row',
			`alter table notes add constraint "told-by-the-database" check (author_id is null) not valid`,
			'alter table notes drop constraint "told-by-the-database"',
		),
		{
			attack: 'An invoice number that is taken, so that the error of the unique index names it',
			expected: 'CONFLICT without the number, the index or the table',
			layer: 'error format',
			async run({ ask, north }) {
				const number = uuidv7();
				const create = 'mutation ($input: CreateInvoiceInput!) { createInvoice(input: $input) { invoice { id } } }';
				const input = { number, currency: 'EUR', total: '1.00' };
				expect((await ask(north.member, create, { input })).errors).toEqual([]);
				return { answers: [told(await ask(north.member, create, { input }), 'CONFLICT', number, 'invoices_')] };
			},
		},
		{
			attack:
				'An owner invites e-mail addresses of another firm, of the platform and of no one; people who have a seat accept',
			expected:
				'Invitations that look alike; CONFLICT, the same bytes for each: it says that the person has a seat, not where',
			layer: 'writes',
			async run(stage) {
				const [operator] = await stage.admin`select email from users join operators on operators.user_id = users.id`;
				const emails = ['member@harbour.example', operator?.email, `${uuidv7()}@nowhere.example`];
				const made = [];
				for (const email of emails) made.push(await invite(stage, email));
				expect(new Set(made.map(({ answer }) => shapeOf(answer))).size).toBe(1);
				const accept = `mutation { acceptInvitation(input: { invitation: "${made[0]?.secret}" }) { firmId } }`;
				const answers = [];
				for (const person of [stage.harbour.member, stage.harbour.owner, stage.north.member])
					answers.push(await stage.ask(person, accept));
				expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
				for (const { end } of made) expect((await end()).errors).toEqual([]);
				const late = await forgeToken(stage.installation.directory, { ...claimsOf(stage.north.owner), sub: uuidv7() });
				return { answers: [...answers, await stage.ask(late, accept)] };
			},
		},
		{
			attack: 'A stale revision of a note that the caller may not see, to learn the current one from the message',
			expected: 'NOT_FOUND, without a revision',
			layer: 'writes',
			async run({ ask, north, theirs }) {
				const update = (revision: number) =>
					`mutation { updateNote(input: { id: "${theirs.ids.note}", expectedRevision: ${revision}, title: "x" }) { note { id } } }`;
				const answers = [await ask(north.member, update(1)), await ask(north.member, update(77))];
				expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
				for (const answer of answers) expect(answer.errors[0]?.message).toBe('This note does not exist.');
				return { answers };
			},
		},
		{
			attack: 'An operator misspells a content field and a type, to learn the correct names from the error',
			expected: 'GRAPHQL_VALIDATION_FAILED with names of the schema, which is no secret in development, and no value',
			layer: 'schema',
			async run({ ask, operator, ours }) {
				const query = `{ note(id: "${ours.ids.note}") { titl ... on Noote { body } } }`;
				const answer = await ask(operator, query);
				expect(answer.text).not.toContain(ours.ids.note);
				return { answers: [answer] };
			},
		},
		{
			attack: 'A document with 900 mistakes, so that the errors fill the answer',
			expected: 'GRAPHQL_VALIDATION_FAILED with at most 101 errors',
			layer: 'schema',
			async run({ ask, north }) {
				const answer = await ask(
					north.member,
					`{ viewer { ${Array.from({ length: 900 }, (_, n) => `x${n}`).join(' ')} } }`,
				);
				expect(answer.errors.length).toBeLessThanOrEqual(101);
				return { answers: [answer] };
			},
		},
	],
};
