import { fc, test } from '@fast-check/vitest';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { SEED, scale } from '../support/scale.ts';
import { type MarkerAnswer, MarkerApi } from './marker-api.ts';
import { conceal, markerOpener, stampOf } from './marker-opener.ts';
import { ask } from './round-trip.ts';

const FIRM = { DOCUMENT: 'FIRM', COMMUNICATION: 'FIRM', BILLING: 'FIRM', NOTE: 'FIRM' } as const;
const ID = '018f0000-0000-7000-8000-000000000002';
const EVIL = 'the service made this up';
const NOTE = parse(`query ($id: ID! = "${ID}") { note(id: $id) { __typename id title } }`);

type Tamper = (note: Record<string, unknown>, answer: MarkerAnswer) => unknown;

/** What the application gets if the service changes the note, or answers what `tamper` gives back. */
async function afterTampering(tamper: Tamper, document = NOTE) {
	const result = await ask(new MarkerApi(FIRM), markerOpener(FIRM), document, {
		tamper: (answer) => {
			const note = Object.values(answer.data ?? {})[0] as Record<string, unknown>;
			const other = tamper(note, answer);
			return other === undefined ? answer : { data: { [Object.keys(answer.data ?? {})[0] ?? '']: other } };
		},
	});
	return { ...result, codes: result.added.map(({ extensions }) => extensions?.code) };
}

const sealedTitle = (id: string, { field = 'title', type = 'Note', stampedAs = ID } = {}) => [
	{ name: 'title', envelope: conceal({ type, id, field, value: EVIL }), stamp: stampOf('Note', stampedAs) },
];
const OTHER = '018f0000-0000-7000-8000-000000000003';

const attacks: Readonly<Record<string, Tamper>> = {
	'a plain value': (note) => {
		note.title = EVIL;
	},
	'a plain value beside the sealed one removed': (note) => {
		note.title = EVIL;
		for (const key of Object.keys(note)) if (key.startsWith('_firmseal')) delete note[key];
	},
	'a plain object in place of a text': (note) => {
		note.title = { toString: EVIL };
	},
	'no sealed value': (note) => void delete note._firmseal_field_title,
	'an empty list of sealed values': (note) => {
		note._firmseal_field_title = [];
	},
	'two sealed values': (note) => {
		note._firmseal_field_title = [...(note._firmseal_field_title as []), ...sealedTitle(ID)];
	},
	'an object in place of the list': (note) => {
		note._firmseal_field_title = sealedTitle(ID)[0];
	},
	'another name': (note) => {
		note._firmseal_field_title = [{ name: 'body', envelope: 'AAAA' }];
	},
	'a number as envelope': (note) => {
		note._firmseal_field_title = [{ name: 'title', envelope: 7 }];
	},
	'no envelope': (note) => {
		note._firmseal_field_title = [{ name: 'title' }];
	},
	'an inherited name': (note) => {
		note._firmseal_field_title = [{ __proto__: { name: 'title', envelope: 'A' } }];
	},
	'no stamp': (note) => {
		note._firmseal_field_title = [{ name: 'title', envelope: 'AAAA' }];
	},
	'a stamp that is no text': (note) => {
		note._firmseal_field_title = [{ name: 'title', envelope: 'AAAA', stamp: {} }];
	},
	'no id': (note) => void delete note._firmseal_id,
	'an id that is no text': (note) => {
		note._firmseal_id = [ID];
	},
	'no firm': (note) => {
		note._firmseal_firm = null;
	},
	'the value of another record': (note) => {
		note._firmseal_field_title = sealedTitle(OTHER);
	},
	'the value of another field': (note) => {
		note._firmseal_field_title = sealedTitle(ID, { field: 'body' });
	},
	'the value of another type': (note) => {
		note._firmseal_field_title = sealedTitle(ID, { type: 'Message' });
	},
	'an envelope that is none': (note) => {
		note._firmseal_field_title = [{ name: 'title', envelope: '{}' }];
	},
};

describe('a service that lies', () => {
	it.each(Object.entries(attacks))('shows nothing by %s', async (_, tamper) => {
		const { data, codes } = await afterTampering(tamper);
		expect(codes).toEqual(['CIPHERTEXT_INVALID']);
		expect((data as { note: { title: unknown } }).note.title).toBeNull();
		expect(JSON.stringify(data)).not.toContain(EVIL);
		expect(JSON.stringify(data)).not.toContain('_firmseal');
	});

	it.each([
		['another id than its content has', { id: OTHER }],
		['another type', { __typename: 'Message' }],
		[
			'the id that was asked for, beside another record',
			{
				_firmseal_id: OTHER,
				_firmseal_field_title: sealedTitle(OTHER, { stampedAs: OTHER }),
			},
		],
	])('shows nothing of an object that has %s, so that no cache files it there', async (_, lie) => {
		const { data, codes } = await afterTampering((note) => void Object.assign(note, lie));
		expect(data).toEqual({ note: null });
		expect(codes).toEqual(['CIPHERTEXT_INVALID']);
	});

	it('says which value did not open, without the value', async () => {
		const { added } = await afterTampering((note) => {
			note.title = EVIL;
		});
		expect(added).toEqual([
			{
				message:
					'The service sent Note.title unsealed, although only the firm has its keys: it is not shown. Read it again. If it stays so, tell an owner of the firm.',
				path: ['note', 'title'],
				extensions: { code: 'CIPHERTEXT_INVALID' },
			},
		]);
	});

	it('adds nothing: neither keys of this library, nor others, nor prototypes', async () => {
		const json = `{ "_firmseal_evil": "${EVIL}", "body": "${EVIL}", "constructor": "${EVIL}", "__proto__": { "body": "${EVIL}" } }`;
		const { data, added } = await afterTampering((note) => ({ ...note, ...(JSON.parse(json) as object) }));
		expect(added).toEqual([]);
		const { note } = data as { note: Record<string, unknown> };
		expect(Object.keys(note)).toEqual(['__typename', 'id', 'title']);
		expect(note.body).toBeUndefined();
		expect(Object.getPrototypeOf(note)).toBe(Object.prototype);
	});

	it.each([[7], [EVIL], [[[{ title: EVIL }]]], [[EVIL]], [true], [{}], [null]])(
		'gets no further with %j in place of the note',
		async (wrong) => {
			const { data } = await afterTampering(() => wrong);
			expect(JSON.stringify(data)).not.toContain(EVIL);
		},
	);

	it('gets no further with lists that are nested without end', async () => {
		const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) as unknown;
		expect((await afterTampering(() => deep)).data).toEqual({ note: [null] });
	});

	it('cannot give a list in place of the record that was asked for', async () => {
		const other = {
			title: null,
			_firmseal_id: OTHER,
			_firmseal_firm: 'f',
			_firmseal_field_title: sealedTitle(OTHER, { stampedAs: OTHER }),
		};
		const { data, codes } = await afterTampering(() => [other]);
		expect(data).toEqual({ note: [{ title: null }] });
		expect(codes).toEqual(['CIPHERTEXT_INVALID']);
	});

	it.each(['FIRM', 'MOVING', 'BACK'] as const)(
		'cannot close a record by leaving out one value in %s',
		async (custody) => {
			const custodies = { ...FIRM, NOTE: custody };
			const api = new MarkerApi(custodies);
			api.isMoved = () => true;
			const result = await ask(api, markerOpener(custodies), parse(`{ note(id: "${ID}") { id title body } }`), {
				tamper: (answer) => {
					const note = answer.data?.note as Record<string, unknown>;
					return { ...answer, data: { note: { ...note, _firmseal_field_title: [] } } };
				},
			});
			expect(result.data).toEqual({ note: { id: ID, title: null, body: `secret Note.body of ${ID}` } });
			expect(result.added.map(({ path }) => path)).toEqual([['note', 'title']]);
		},
	);

	const THREADS = [OTHER, '018f0000-0000-7000-8000-000000000004'] as const;
	it.each([
		['messages(threadId: "T")', (message: unknown) => ({ messages: { nodes: [message] } })],
		['thread(id: "T")', (message: unknown) => ({ thread: { messages: { nodes: [message] } } })],
		['threads', (message: unknown) => ({ threads: { nodes: [{ id: THREADS[0], messages: { nodes: [message] } }] } })],
		['node(id: "T")', (message: unknown) => ({ node: { _firmseal_type: 'Thread', messages: { nodes: [message] } } })],
	])('cannot show a message of another thread in the answer to %s', async (field, dataOf) => {
		const [asked, other] = THREADS;
		const nodes = '{ nodes { body thread { id } } }';
		const inThread = field.startsWith('thread(') ? `{ messages ${nodes} }` : `{ ... on Thread { messages ${nodes} } }`;
		const below =
			field === 'threads' ? `{ nodes { id messages ${nodes} } }` : field.startsWith('messages') ? nodes : inThread;
		const document = parse(`{ ${field.replace('T', asked)} ${below} }`);
		const shown = async (thread: string, visible = thread) => {
			const body = [{ name: 'body', envelope: conceal({ type: 'Message', id: ID, field: 'body', value: 'Hello' }) }];
			const message = {
				body: null,
				thread: { id: visible },
				_firmseal_id: ID,
				_firmseal_firm: 'f',
				_firmseal_thread: { id: thread },
				_firmseal_field_body: [{ ...body[0], stamp: stampOf('Message', ID) }],
			};
			return ask(new MarkerApi(FIRM), markerOpener(FIRM), document, { tamper: () => ({ data: dataOf(message) }) });
		};
		expect(JSON.stringify((await shown(asked)).data)).toContain('Hello');
		for (const lie of [await shown(other), await shown(other, asked)]) {
			expect(JSON.stringify(lie.data)).not.toContain('Hello');
			expect(lie.added).toMatchObject([{ extensions: { code: 'CIPHERTEXT_INVALID' } }]);
		}
		const mislabelled = await shown(asked, other);
		expect(JSON.stringify(mislabelled.data)).not.toContain(other);
	});

	it('cannot show a message that was just written in another thread', async () => {
		const text = `mutation { createMessage(input: { threadId: "${OTHER}", body: "x" }) { message { subject thread { id } } } }`;
		const stamp = stampOf('Message', ID);
		const message = {
			subject: null,
			thread: { id: ID },
			_firmseal_id: ID,
			_firmseal_firm: 'f',
			_firmseal_thread: { id: ID },
			_firmseal_field_subject: [{ name: 'subject', envelope: null, stamp }],
		};
		const result = await ask(new MarkerApi(FIRM), markerOpener(FIRM), parse(text), {
			tamper: () => ({ data: { createMessage: { message } } }),
		});
		expect(result.data).toEqual({ createMessage: { message: null } });
	});

	it.each([
		['a client', '{ client(id: "c") { __typename id } }', 'client'],
		['a person beside a note', `{ note(id: "${ID}") { title } viewer { id } }`, 'viewer'],
		['a firm deep in other objects', '{ viewer { id firm { id } } }', 'viewer'],
		['a thread', '{ thread(id: "t") { __typename id } }', 'thread'],
	])('cannot pass off %s as a note', async (_, text, key) => {
		const false_ = { __typename: 'Note', id: OTHER, title: EVIL };
		const result = await ask(new MarkerApi(FIRM), markerOpener(FIRM), parse(text), {
			tamper: (answer) => ({
				data: { ...answer.data, [key]: text.includes('firm') ? { id: '1', firm: [false_] } : false_ },
			}),
		});
		expect(result.data).toMatchObject({ [key]: null });
		expect(JSON.stringify(result.data)).not.toContain(EVIL);
		expect(result.added).toMatchObject([{ path: [key], extensions: { code: 'CIPHERTEXT_INVALID' } }]);
	});

	it('may answer what an interface stands for without content, also under an alias', async () => {
		const text = `{ node(id: "${ID}") { type: __typename ... on Client { email } ... on Note { revision } } }`;
		const data = { node: { type: 'Client', email: 'a@example.com', _firmseal_type: 'Client' } };
		const result = await ask(new MarkerApi(FIRM), markerOpener(FIRM), parse(text), { tamper: () => ({ data }) });
		expect(result.data).toEqual({ node: { type: 'Client', email: 'a@example.com' } });
		expect(result.added).toEqual([]);
	});

	const NODE = parse(`{ node(id: "${ID}") { __typename ... on Note { x: title } ... on Client { x: email } } }`);

	it('cannot show content as metadata of another type', async () => {
		const claim = (type: string | undefined, typename: string) =>
			afterTampering(() => ({ __typename: typename, _firmseal_type: type, x: EVIL }), NODE);
		for (const [type, typename] of [
			['Client', 'Note'],
			['Note', 'Client'],
			[undefined, 'Note'],
			['constructor', 'Note'],
		] as const) {
			const { data, codes } = await claim(type, typename);
			expect(JSON.stringify(data)).not.toContain(EVIL);
			expect(codes).toEqual(['CIPHERTEXT_INVALID']);
		}
		// A client's address is what the service says, as ever.
		expect((await claim('Client', 'Client')).data).toEqual({ node: { __typename: 'Client', x: EVIL } });
	});

	it.each(['NO_RIGHT', 'FIRM_CUSTODY'])('cannot let content vanish by the reason %s', async (reason) => {
		const sealed = [{ coordinate: 'Note.title', reason, count: 1 }];
		const { codes, extensions } = await afterTampering((note, answer) => {
			note._firmseal_field_title = [];
			answer.extensions = { sealed };
		});
		expect(codes).toEqual(['CIPHERTEXT_INVALID']);
		expect(extensions).toEqual({ sealed });
	});

	it('causes at most 20 errors in an answer', async () => {
		const many = parse('{ notes { nodes { title } edges { node { title } } } }');
		const { added } = await afterTampering(
			() => ({ nodes: Array.from({ length: 500 }, () => ({ title: EVIL })) }),
			many,
		);
		expect(added).toHaveLength(20);
	});

	it('gets its errors at keys of this library shown at the object', async () => {
		const { errors } = await ask(new MarkerApi(FIRM), markerOpener(FIRM), NOTE, {
			tamper: () => ({
				data: { note: null },
				errors: [{ message: 'no', path: ['note', '_firmseal_field_title', 0, 'stamp'] }, { message: 'none' }],
			}),
		});
		expect(errors).toEqual([{ message: 'no', path: ['note'] }, { message: 'none' }]);
	});

	const PAGE = parse(`{
		notes { nodes { id title body comments { nodes { text note { t: title } } } } }
		node(id: "${ID}") { ... on Message { subject thread { messages { nodes { body } } } } ... on Invoice { memo } }
	}`);
	const place = fc.array(fc.nat({ max: 30 }), { maxLength: 12 });
	const junk = fc.oneof(fc.jsonValue(), fc.constantFrom(EVIL, [EVIL], { title: EVIL, body: EVIL }, null));

	test.prop([fc.array(fc.tuple(place, junk), { minLength: 1, maxLength: 6 })], { numRuns: scale(1_000), seed: SEED })(
		'shows nothing and breaks nothing, whatever it changes',
		async (changes) => {
			const { data } = await ask(new MarkerApi(FIRM), markerOpener(FIRM), PAGE, {
				tamper: (answer) => {
					for (const [path, value] of changes) replaceAt(answer.data, path, structuredClone(value));
					return answer;
				},
			});
			for (const { key, value } of leavesOf(data)) {
				if (['title', 'body', 'text', 't', 'subject', 'memo'].includes(key)) expect(value).not.toBe(EVIL);
				expect(key).not.toMatch(/^_firmseal/);
			}
		},
	);
});

/** Replaces what is at a place, given as the number of each key. */
function replaceAt(root: unknown, path: readonly number[], value: unknown): void {
	let at = root;
	for (const [depth, step] of path.entries()) {
		if (typeof at !== 'object' || at === null) return;
		const keys = Object.keys(at);
		const key = keys[step % Math.max(1, keys.length)];
		if (key === undefined) return;
		const record = at as Record<string, unknown>;
		if (depth === path.length - 1) record[key] = value;
		at = record[key];
	}
}

function leavesOf(value: unknown, key = ''): { key: string; value: unknown }[] {
	if (typeof value !== 'object' || value === null) return [{ key, value }];
	// An id is metadata, whatever it is.
	return Object.entries(value)
		.filter(([inner]) => inner !== 'id')
		.flatMap(([inner, each]) => leavesOf(each, Array.isArray(value) ? key : inner));
}
