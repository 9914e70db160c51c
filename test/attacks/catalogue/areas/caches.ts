import { v7 as uuidv7 } from 'uuid';
import { expect } from 'vitest';
import { openPlane } from '../../../../src/database/index.ts';
import { openKeyring } from '../../../../src/wiring/index.ts';
import { codeOf } from '../../../database/two-firms.ts';
import { steppedClock } from '../../../support/stepped-clock.ts';
import type { Area } from '../attack.ts';
import type { AttackAnswer } from '../stage.ts';

const NOTES = '{ notes(first: 1000) { nodes { firmId title body } } }';
const NOTE = 'query ($id: ID!) { note(id: $id) { title body } }';

export const caches: Area = {
	title: 'Caches and other state that outlives a request',
	attacks: [
		{
			attack: 'Members of two firms send the same documents concurrently, forty times: the own notes, north’s notes',
			expected: 'Each gets only rows of the own firm, every time',
			layer: 'database lock',
			async run({ ask, north, harbour }) {
				const ofNorth = `{ notes(firmId: "${north.id}") { nodes { title } } }`;
				const pairs = await Promise.all(
					Array.from({ length: 20 }, () => Promise.all([ask(north.member, NOTES), ask(harbour.member, NOTES)])),
				);
				const others = Promise.all(Array.from({ length: 20 }, () => ask(harbour.member, ofNorth)));
				await Promise.all(Array.from({ length: 20 }, () => ask(north.member, ofNorth)));
				const firmsOf = ({ data }: AttackAnswer) => [
					...new Set(data.notes.nodes.map((node: { firmId: string }) => node.firmId)),
				];
				for (const pair of pairs) expect(pair.map(firmsOf)).toEqual([[north.id], [harbour.id]]);
				for (const { data } of await others) expect(data.notes.nodes).toEqual([]);
				return { answers: [await ask(harbour.member, ofNorth)] };
			},
		},
		{
			attack: 'A transaction for one firm, then another, then none, on the same pooled connection',
			expected: 'Each sees only its own firm’s rows; the last sees none',
			layer: 'database lock',
			async run(stage) {
				const { installation, north, harbour } = stage;
				const url = installation.env.DATABASE_URL as string;
				const plane = openPlane({ url, role: 'firmseal_firm', connections: 1 });
				const read = (firm: string | null) =>
					plane.read(firm, async (tx) => {
						const { rows } = await tx.execute(
							'select pg_backend_pid() as pid, (select array_agg(distinct firm_id) from notes) as firms',
						);
						return rows[0] as { pid: number; firms: string[] | null };
					});
				try {
					const [a, b, none] = [await read(north.id), await read(harbour.id), await read(null)];
					expect([a.firms, b.firms, none.firms]).toEqual([[north.id], [harbour.id], null]);
					expect(new Set([a, b, none].map(({ pid }) => pid)).size).toBe(1);
				} finally {
					await plane.close();
				}
				return { answers: [await stage.ask(north.member, `{ note(id: "${stage.theirs.ids.note}") { id } }`)] };
			},
		},
		{
			attack: 'A statement that was prepared and run six times for one firm runs for another',
			expected: 'It returns the other firm’s rows, and without a role none: a plan holds neither firm nor rights',
			layer: 'database lock',
			async run({ installation, north, harbour }) {
				const connection = await installation.signIn('firm').reserve();
				const as = (firm: string) =>
					connection`select set_config('role', 'firmseal_firm', true), set_config('firmseal.firm', ${firm}, true)`;
				try {
					await connection`begin`;
					await as(north.id);
					await connection.unsafe('prepare theirs as select distinct firm_id from notes');
					for (let n = 0; n < 6; n++)
						expect([...(await connection.unsafe('execute theirs'))]).toEqual([{ firm_id: north.id }]);
					await connection`commit`;
					await connection`begin`;
					await as(harbour.id);
					expect([...(await connection.unsafe('execute theirs'))]).toEqual([{ firm_id: harbour.id }]);
					await connection`commit`;
					return { states: [await codeOf(connection.unsafe('execute theirs'))] };
				} finally {
					await connection.unsafe('deallocate all');
					connection.release();
				}
			},
		},
		{
			attack: 'A client sends the document that was just answered for a member (document cache)',
			expected: 'FORBIDDEN: a cached document gives no rights',
			layer: 'rights',
			async run({ ask, north }) {
				const first = await ask(north.member, NOTES);
				expect(first.errors).toEqual([]);
				return { answers: [await ask(north.client, NOTES), await ask(north.client, NOTES)] };
			},
		},
		{
			attack: 'An operator asks for the note that a member has just opened in the same process (key cache)',
			expected: 'Null and NO_LEASE, without a call for a key',
			layer: 'resolver lock',
			async run({ ask, entries, north, operator, ours }) {
				expect((await ask(north.member, NOTE, { id: ours.ids.note })).data.note.title).toContain(ours.marker);
				const told = await ask(operator, NOTE, { id: ours.ids.note });
				const unwraps = (await entries()).filter(
					({ action, plane, keys, lease }) =>
						// The RIGHTS key checks identities and opens no content.
						action === 'key.unwrap' && plane === 'operator' && keys[0]?.class !== 'RIGHTS' && lease === null,
				);
				expect(unwraps).toEqual([]);
				return { answers: [told] };
			},
		},
		{
			attack: 'A client reads a document again after its share was removed',
			expected: 'Null with the next request',
			layer: 'database lock',
			async run({ ask, north, ours }) {
				const id = ours.ids.document;
				const change = (verb: string) =>
					ask(
						north.member,
						`mutation { ${verb}WithClient(input: { clientId: "${north.clientId}", subject: { documentId: "${id}" } }) { client { id } } }`,
					);
				const read = () => ask(north.client, `{ document(id: "${id}") { description } }`);
				expect((await read()).text).toContain(ours.marker);
				expect((await change('unshare')).errors).toEqual([]);
				const told = await read();
				expect((await change('share')).errors).toEqual([]);
				expect(told.data).toEqual({ document: null });
				return { answers: [told] };
			},
		},
		{
			attack: 'A member reads after the firm’s wrapping key was disabled and the cached keys expired',
			expected: 'KEY_UNAVAILABLE; metadata is answered. Cached keys work for at most FIRMSEAL_KEY_CACHE_SECONDS',
			layer: 'key lock',
			async run(stage) {
				const { north, ours, installation } = stage;
				const clock = steppedClock();
				const api = await installation.serve({ FIRMSEAL_KEY_CACHE_SECONDS: '1' }, { clock });
				const keyring = await openKeyring(installation.config, 'worker');
				const read = () => stage.ask(north.member, NOTE, { id: ours.ids.note }, api);
				expect((await read()).errors).toEqual([]);
				await keyring.disableKey(north.id);
				try {
					await clock.pass(1_001);
					const told = await read();
					expect(told.data).toEqual({ note: { title: null, body: null } });
					return { answers: [told] };
				} finally {
					await keyring.enableKey(north.id);
				}
			},
		},
		{
			attack: 'A browser or a proxy caches an answer: If-None-Match, If-Modified-Since and Range',
			expected: 'Never 304 or 206, and no validator; `no-store` also on refusals',
			layer: 'identity',
			async run({ send, north, ours }) {
				const body = JSON.stringify({ query: `{ note(id: "${ours.ids.note}") { title } }` });
				const headers = ['content-type', 'application/json', 'if-none-match', '*', 'range', 'bytes=0-5'];
				const since = ['if-modified-since', new Date(Date.now() + 86_400_000).toUTCString()];
				const told = await send(north.member, { headers: [...headers, ...since], body });
				expect([told.status, told.headers.get('cache-control')]).toEqual([200, 'no-store']);
				expect([told.headers.get('etag'), told.headers.get('last-modified'), told.headers.get('age')]).toEqual([
					null,
					null,
					null,
				]);
				// An unauthenticated request with the same validators is not answered from a cache.
				return { answers: [await send(null, { headers: [...headers, ...since], body })] };
			},
		},
		{
			attack: 'A note is read before it exists and after its removal, to get a cached answer',
			expected: 'Null, then the note, then null: nothing is cached between requests',
			layer: 'database lock',
			async run(stage) {
				const { ask, north, note } = stage;
				const id = uuidv7();
				expect((await ask(north.member, NOTE, { id })).data).toEqual({ note: null });
				await note({ id });
				const list: AttackAnswer[] = [];
				const input = { id, expectedRevision: 1 };
				expect((await ask(north.member, NOTE, { id })).data.note.title).toContain(stage.ours.marker);
				await ask(north.member, 'mutation ($input: DeleteNoteInput!) { deleteNote(input: $input) { id } }', { input });
				for (const query of [NOTE, 'query ($id: ID!) { node(id: $id) { id } }'])
					list.push(await ask(north.member, query, { id }));
				expect(list.map(({ data }) => data)).toEqual([{ note: null }, { node: null }]);
				return { answers: list };
			},
		},
	],
};
