import { performance } from 'node:perf_hooks';
import { v7 as uuidv7 } from 'uuid';
import { expect } from 'vitest';
import { claimsOf, forgeToken } from '../../scene.ts';
import type { Area, Attack, Layer } from '../attack.ts';
import type { AttackAnswer, Stage } from '../stage.ts';

type MaybePromise<T> = T | Promise<T>;

/** Headers that differ between any two answers. */
const OF_EACH = ['date', 'x-request-id'];

/** Everything by which two answers could be told apart, and what happened for them: bytes, headers, statements, entries. */
async function faceOf(stage: Stage, told: AttackAnswer) {
	const entries = await stage.entriesOf(told);
	return {
		status: told.status,
		text: told.text,
		headers: [...told.headers].filter(([name]) => !OF_EACH.includes(name)),
		// Two lists of one document are read in no fixed order.
		statements: [...told.statements].sort(),
		entries: entries.map(({ action, decision, reason, coordinates, records }) => ({
			action,
			decision,
			reason,
			coordinates,
			records,
		})),
	};
}

/** Sends each request twice, so that the second round finds all caches filled, and compares the second answers. */
function alike(
	attack: string,
	layer: Layer,
	askers: (stage: Stage) => MaybePromise<readonly (() => Promise<AttackAnswer>)[]>,
): Attack {
	return {
		attack,
		expected: 'The same bytes, headers, statements and log entries for each',
		layer,
		async run(stage) {
			const asked = await askers(stage);
			for (const ask of asked) await ask();
			const answers: AttackAnswer[] = [];
			for (const ask of asked) answers.push(await ask());
			const [first, ...others] = await Promise.all(answers.map((told) => faceOf(stage, told)));
			expect(others.length).toBeGreaterThan(0);
			for (const other of others) expect(other).toEqual(first);
			await informOfTime(stage, asked);
			return { answers };
		},
	};
}

/** Adds median times in milliseconds to the report. No assertion depends on them. */
async function informOfTime(stage: Stage, asked: readonly (() => Promise<AttackAnswer>)[]): Promise<void> {
	const times = asked.map((): number[] => []);
	for (let round = 0; round < 5; round++)
		for (const [index, ask] of asked.entries()) {
			const start = performance.now();
			await ask();
			times[index]?.push(performance.now() - start);
		}
	const medians = times.map((each) => each.sort((a, b) => a - b)[2]?.toFixed(2));
	await stage.inform(`medians of 5, in ms: ${medians.join(', ')}`);
}

const asMember = (stage: Stage, query: string) => (id: string) => () => stage.ask(stage.north.member, query, { id });

export const timing: Area = {
	title: 'Unknown ids and another firm’s ids',
	attacks: [
		alike('`note` by an unknown id, another firm’s, another type’s', 'database lock', (stage) => {
			const ids = [uuidv7(), stage.theirs.ids.note, stage.ours.ids.document];
			return ids.map(asMember(stage, 'query ($id: ID!) { note(id: $id) { id title body } }'));
		}),
		alike(
			'`node` by an unknown id, another firm’s note, another firm’s member, an operator',
			'database lock',
			(stage) => {
				const ids = [uuidv7(), stage.theirs.ids.note, claimsOf(stage.harbour.member).sub, claimsOf(stage.operator).sub];
				return ids.map(asMember(stage, 'query ($id: ID!) { node(id: $id) { id ... on Note { title } } }'));
			},
		),
		alike('`firm` by an unknown id and another firm’s', 'database lock', (stage) =>
			[uuidv7(), stage.harbour.id].map(
				asMember(stage, 'query ($id: ID!) { firm(id: $id) { id name members { totalCount } } }'),
			),
		),
		alike('A list and its count by `firmId`: an unknown firm, another firm', 'database lock', (stage) =>
			[uuidv7(), stage.harbour.id].map(
				asMember(stage, 'query ($id: ID!) { notes(firmId: $id) { totalCount nodes { id title } } }'),
			),
		),
		alike('Filters by author and by client: unknown ids, another firm’s', 'database lock', (stage) => {
			const query =
				'query ($a: ID!, $c: ID!) { notes(filter: { authorId: $a }) { totalCount } documents(filter: { clientId: $c }) { totalCount } }';
			const pairs = [
				[uuidv7(), uuidv7()],
				[claimsOf(stage.harbour.member).sub, stage.theirs.ids.client],
			];
			return pairs.map(
				([a, c]) =>
					() =>
						stage.ask(stage.north.member, query, { a, c }),
			);
		}),
		alike(
			'`updateNote` of an unknown note and of another firm’s, with the correct and a wrong revision',
			'writes',
			(stage) => {
				const query =
					'mutation ($id: ID!, $r: Int!) { updateNote(input: { id: $id, expectedRevision: $r, title: "x" }) { note { id } } }';
				const cases = [
					[uuidv7(), 1],
					[stage.theirs.ids.note, 1],
					[stage.theirs.ids.note, 2],
				];
				return cases.map(
					([id, r]) =>
						() =>
							stage.ask(stage.north.member, query, { id, r }),
				);
			},
		),
		alike('`deleteDocument` of an unknown document and of another firm’s', 'writes', (stage) =>
			[uuidv7(), stage.theirs.ids.document].map(
				asMember(stage, 'mutation ($id: ID!) { deleteDocument(input: { id: $id, expectedRevision: 1 }) { id } }'),
			),
		),
		alike('`createComment` about an unknown document and another firm’s', 'writes', (stage) =>
			[uuidv7(), stage.theirs.ids.document].map(
				asMember(
					stage,
					'mutation ($id: ID!) { createComment(input: { about: { documentId: $id }, text: "x" }) { comment { id } } }',
				),
			),
		),
		alike('`removeMember` of an unknown user, another firm’s member, an operator', 'writes', (stage) =>
			[uuidv7(), claimsOf(stage.harbour.member).sub, claimsOf(stage.operator).sub].map(
				(id) => () =>
					stage.ask(stage.north.owner, 'mutation ($id: ID!) { removeMember(input: { userId: $id }) { user { id } } }', {
						id,
					}),
			),
		),
		alike('`shareWithClient` of an unknown document and another firm’s', 'writes', (stage) =>
			[uuidv7(), stage.theirs.ids.document].map(
				(documentId) => () =>
					stage.ask(
						stage.north.member,
						'mutation ($input: ShareWithClientInput!) { shareWithClient(input: $input) { client { id } } }',
						{
							input: { clientId: stage.north.clientId, subject: { documentId } },
						},
					),
			),
		),
		alike(
			'A portal client: `document` by an unknown id, an unshared one of the firm, another firm’s',
			'database lock',
			async ({ ask, north, theirs }) => {
				const create = 'mutation { createDocument(input: { name: "a", mimeType: "text/plain" }) { document { id } } }';
				const unshared = (await ask(north.member, create)).data.createDocument.document.id;
				const query = 'query ($id: ID!) { document(id: $id) { id description } }';
				return [uuidv7(), unshared, theirs.ids.document].map((id) => () => ask(north.client, query, { id }));
			},
		),
		alike(
			'A portal client: `node` by an unknown id, a note, a time entry and a comment of the firm, another firm’s note',
			'database lock',
			({ ask, north, ours, theirs }) => {
				const { note, timeEntry, comment } = ours.ids;
				const query = 'query ($id: ID!) { node(id: $id) { id } }';
				return [uuidv7(), note, timeEntry, comment, theirs.ids.note].map(
					(id) => () => ask(north.client, query, { id }),
				);
			},
		),
		alike('A portal client: messages of an unknown thread and of another firm’s', 'database lock', (stage) =>
			[uuidv7(), stage.theirs.ids.thread].map(
				(id) => () =>
					stage.ask(stage.north.client, 'query ($id: ID!) { messages(threadId: $id) { totalCount nodes { body } } }', {
						id,
					}),
			),
		),
		{
			attack: 'A token for an unknown account, and for a disabled one',
			expected: 'The same bytes, headers and statements: the answer does not show which accounts exist',
			layer: 'identity',
			async run(stage) {
				const { admin, installation, harbour } = stage;
				const user = claimsOf(harbour.client).sub;
				const unknownAccount = await forgeToken(installation.directory, { ...claimsOf(harbour.client), sub: uuidv7() });
				await admin`update users set disabled_at = now() where id = ${user}`;
				try {
					const answers = [
						await stage.ask(unknownAccount, '{ viewer { id } }'),
						await stage.ask(harbour.client, '{ viewer { id } }'),
					];
					const [unknown, disabled] = await Promise.all(answers.map((told) => faceOf(stage, told)));
					expect(disabled).toEqual(unknown);
					return { answers };
				} finally {
					await admin`update users set disabled_at = null where id = ${user}`;
				}
			},
		},
	],
};
