import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { firmseal, firmsealJson } from '../system/program.ts';
import type { Given, ProxyOptions } from './export-proxy.ts';
import { assertSound, CANARY, type Json, readExport } from './export-scene.ts';
import { as, at, directory, exportFirms, exporting, proxied, proxies, scene } from './export-stage.ts';

exportFirms();

/** Unique, because its place would be the system's temporary directory, which other programs use too. */
const ELSEWHERE = `firmseal-elsewhere-${process.pid}`;
async function run(name: string, options: ProxyOptions = {}, ...args: string[]) {
	const proxy = await proxied(options);
	const outcome = await firmsealJson(as(scene.north.owner, proxy.url), ...exporting(name, ...args));
	return { ...outcome, proxy };
}
/** The same answer, with its body changed. */
const changed = ({ text, ...rest }: Given, change: (body: Json) => void): Given => {
	const body = JSON.parse(text);
	change(body);
	return { ...rest, text: JSON.stringify(body) };
};
const refusal = (status: number, code: string, headers = {}): Given => ({
	status,
	headers: { 'content-type': 'application/problem+json', ...headers },
	text: JSON.stringify({ code, detail: 'Not now.' }),
});

describe('an API that is unavailable for a moment', () => {
	it('is retried, after the time that it states or a pause, and nothing is missing', async () => {
		const fates: Record<number, Given | null> = {
			4: refusal(429, 'RATE_LIMITED', { 'retry-after': '1' }),
			5: refusal(503, 'AUDIT_UNAVAILABLE', { 'retry-after': '0' }),
			7: null,
			8: { status: 502, headers: { 'content-type': 'text/html' }, text: '<h1>Bad gateway</h1>' },
		};
		const { code, stderr } = await run('patient', {
			onQuestion: (count, answer) => (count in fates ? (fates[count] ?? null) : answer),
			onFile: (count) => (count < 3 ? { given: refusal(503, 'KEY_UNAVAILABLE', { 'retry-after': '0' }) } : null),
		});
		expect(code).toBe(0);
		assertSound(at('patient'));
		expect(readExport(at('patient')).manifest.counts.Message).toBe(239);
		expect(stderr).toContain('The API asked to retry in 1 s.\n');
		expect(stderr).toContain('The API cannot be reached: retrying.\n');
		expect(stderr).toContain('The API cannot answer now: retrying.\n');
	});

	it('is not retried forever, and what has arrived is kept', async () => {
		const away = refusal(503, 'AUDIT_UNAVAILABLE', { 'retry-after': '0' });
		const { code, error, proxy } = await run('impatient', {
			onQuestion: (count, answer) => (count < 6 ? answer : away),
		});
		expect([code, error.code, proxy.asked.length]).toEqual([1, 'AUDIT_UNAVAILABLE', 5 + 8]);
		expect(error.message).toBe('Not now. What was fetched is kept: run the same command again to continue.');
		expect([existsSync(at('impatient')), existsSync(at('impatient.part'))]).toEqual([false, true]);
	});

	it('is asked for smaller pages if one is too expensive', async () => {
		const { code, proxy } = await run('smaller', {
			onQuestion: (_, answer, query) =>
				/first: \$first/.test(query) && Number(proxies.at(-1)?.asked.at(-1)?.variables.first) > 3
					? refusal(400, 'TOO_EXPENSIVE')
					: answer,
		});
		expect(code).toBe(0);
		assertSound(at('smaller'));
		expect(readExport(at('smaller')).manifest.counts).toMatchObject({ Message: 239, Invoice: 12, Document: 10 });
		expect(proxy.asked.length).toBeGreaterThan(100);
	});
});

describe('content that cannot be opened', () => {
	it('is reported with coordinate, record and code, even if it is a lot, and the rest is exported', async () => {
		const { admin } = scene;
		const notes = await admin`select id from notes order by id limit 2`;
		const messages = await admin`select id from messages order by created_at, id offset 30 limit 45`;
		const toggleDamage = async () => {
			await admin`update notes set body = set_byte(body, length(body) - 1, get_byte(body, length(body) - 1) # 1) where id = any(${notes.map(({ id }) => id)})`;
			await admin`update messages set subject = set_byte(subject, length(subject) - 1, get_byte(subject, length(subject) - 1) # 1) where id = any(${messages.map(({ id }) => id)})`;
		};
		await toggleDamage();
		const { code, ok, error, result } = await run('damaged');
		await toggleDamage();
		expect([code, ok, result.failures]).toEqual([1, false, 47]);
		expect(error.message).toBe('47 values or files could not be read: see failures in manifest.json.');
		assertSound(at('damaged'));
		const { manifest, records } = readExport(at('damaged'));
		const expected = [
			...notes.map(({ id }) => ({ coordinate: 'Note.body', recordId: id, code: 'CIPHERTEXT_INVALID' })),
			...messages.map(({ id }) => ({ coordinate: 'Message.subject', recordId: id, code: 'CIPHERTEXT_INVALID' })),
		];
		const inOrder = (list: Json[]) => list.toSorted((one, other) => (one.recordId < other.recordId ? -1 : 1));
		expect(inOrder(manifest.failures)).toEqual(inOrder(expected));
		const broken = records('notes.jsonl').find(({ id }) => id === notes[0]?.id);
		expect([broken.body, broken.title]).toEqual([null, expect.stringContaining(CANARY)]);
		const { stdout, code: exit } = await firmseal(as(scene.north.owner), 'firm', 'export', '--out', at('sound'));
		expect([exit, stdout]).toEqual([0, expect.stringMatching(/^Exported [\d,]+ records and 10 files to .*\.\n$/)]);
	});

	it('is reported even if one response cannot list all of it', async () => {
		const errorAt = (index: number) => ({
			message: 'Not so.',
			path: ['documents', 'nodes', index, 'versions', 0, 'changeSummary'],
			extensions: { code: 'CIPHERTEXT_INVALID' },
		});
		const { code } = await run('unlisted', {
			onQuestion: (_, answer) =>
				changed(answer, (body) => {
					const nodes: Json[] = body.data?.documents?.nodes ?? [];
					const index = nodes.findIndex(({ id }) => id === scene.large.id);
					if (index === -1) return;
					nodes[index].sha256 = null;
					body.errors = Array(20).fill(errorAt(index));
				}),
		});
		const failures = readExport(at('unlisted')).manifest.failures.map((failure: Json) =>
			Object.values(failure).join(' '),
		);
		const [first, ...others] = await scene.admin`
			select id from document_versions where document_id = ${scene.large.id} order by number`;
		expect([code, failures[0]]).toEqual([1, `DocumentVersion.changeSummary ${first?.id} CIPHERTEXT_INVALID`]);
		expect(failures).toContain(`Document.sha256 ${scene.large.id} NOT_TOLD`);
		// The value is null in any case, but the export cannot know that.
		expect(failures).toContain(`DocumentVersion.changeSummary ${others[0]?.id} NOT_TOLD`);
		expect(failures.filter((failure: string) => !failure.startsWith('Document'))).toEqual([]);
	});

	it('is requested again if its key is unavailable, and then reported, as is every file', async () => {
		const withError = (answer: Given): Given => {
			const { data } = JSON.parse(answer.text);
			if (!data?.notes?.nodes?.[0]) return answer;
			const error = {
				message: 'No key.',
				path: ['notes', 'nodes', 0, 'title'],
				extensions: { code: 'KEY_UNAVAILABLE' },
			};
			return changed(answer, (body) => {
				for (const note of body.data.notes.nodes) note.title = null;
				body.errors = [error];
			});
		};
		const away = { given: refusal(503, 'KEY_UNAVAILABLE', { 'retry-after': '0' }) };
		const { code, result, proxy } = await run('keyless', {
			onQuestion: (_, answer) => withError(answer),
			onFile: () => away,
		});
		const { manifest } = readExport(at('keyless'));
		const failures = Object.groupBy(manifest.failures, ({ coordinate, code: why }: Json) => `${coordinate} ${why}`);
		expect([code, result.files]).toEqual([1, 0]);
		expect(Object.entries(failures).map(([what, list]) => [what, list?.length])).toEqual([
			['Note.title KEY_UNAVAILABLE', 4],
			['DocumentVersion.content KEY_UNAVAILABLE', 10],
		]);
		// Only the first file is tried several times: all files have the firm's key.
		expect(proxy.files.length).toBeLessThan(30);
		assertSound(at('keyless'));
	});

	it('ends the export if a whole part of a response is missing, not a value', async () => {
		const { code, error } = await run('partial', {
			onQuestion: (_, answer) =>
				changed(answer, (body) => {
					if (!body.data?.notes?.nodes?.[0]) return;
					body.data.notes.nodes[0].comments = null;
					body.errors = [
						{ message: 'Wrong.', path: ['notes', 'nodes', 0, 'comments'], extensions: { code: 'INTERNAL' } },
					];
				}),
		});
		expect([code, error.code, existsSync(at('partial'))]).toEqual([1, 'INTERNAL', false]);
	});
});

describe('a file', () => {
	it('that differs, is missing or is cut off is reported, and the rest is exported', async () => {
		const { admin, documents, large } = scene;
		const [gone = '', other = ''] = [...documents.values()];
		const { data } = await scene.api.ask(scene.north.member, `{ document(id: "${large.id}") { objectKey } }`);
		const object = join(scene.installation.directory, 'objects', data.document.objectKey);
		const stored = readFileSync(object);
		const broken = Buffer.from(stored);
		broken[4_000_000] = (broken[4_000_000] ?? 0) ^ 1;
		writeFileSync(object, broken);
		const { code, result } = await run('files', {
			onFile(_, path) {
				if (path.includes(gone)) return { given: refusal(404, 'NOT_FOUND') };
				if (path.includes(other)) return { change: (piece) => Buffer.from(piece).fill('x') };
				return null;
			},
		});
		writeFileSync(object, stored);
		const versions = await admin`select id, document_id, number from document_versions`;
		const versionOf = (documentId: string, number = 1) =>
			versions.find((version) => version.document_id === documentId && version.number === number)?.id;
		const { manifest, names } = readExport(at('files'));
		const codes = Object.fromEntries(manifest.failures.map(({ recordId, code: why }: Json) => [recordId, why]));
		expect([code, result.files, codes]).toEqual([
			1,
			8,
			{ [versionOf(gone)]: 'NOT_FOUND', [versionOf(other)]: 'SHA256_DIFFERS', [versionOf(large.id, 2)]: 'CUT' },
		]);
		expect(names.filter((name) => name.includes(gone) || name.includes(`${large.id}/2`))).toEqual([]);
		expect(manifest.files.find(({ documentId }: Json) => documentId === other).isVerified).toBe(false);
		assertSound(at('files'));
	});
});

describe('a dishonest or broken server', () => {
	const edit = (name: string, change: (body: Json, nodes: Json[]) => void): ProxyOptions => ({
		onQuestion: (_, answer) =>
			changed(answer, (body) => {
				const nodes = body.data?.[name]?.nodes;
				if (nodes?.[0] && 'firmId' in nodes[0]) change(body, nodes);
			}),
	});
	/** Answers every request for members with the first page, and says that more follow. */
	const repeatingMembers = (): ProxyOptions => {
		let first: Json = null;
		const onQuestion = (_: number, answer: Given) =>
			changed(answer, (body) => {
				const members = body.data?.viewer?.firm?.members;
				if (members?.pageInfo)
					first ??= { ...members, pageInfo: { hasNextPage: true, endCursor: members.pageInfo.endCursor } };
				if (members?.pageInfo) body.data.viewer.firm.members = first;
			});
		return { onQuestion };
	};
	it.each<[string, string, ProxyOptions]>([
		[
			'a caller who is not an owner',
			'FORBIDDEN',
			edit('notes', ({ data }) => Object.assign(data.viewer, { role: 'MEMBER' })),
		],
		['another firm', 'FORBIDDEN', edit('notes', ({ data }) => Object.assign(data.viewer.firm, { id: randomUUID() }))],
		['content left out', 'FORBIDDEN', edit('notes', (body) => Object.assign(body, { extensions: { sealed: [{}] } }))],
		['repeated records', 'INTERNAL', edit('notes', (_, nodes) => void nodes.push(nodes[0]))],
		['records in another order', 'INTERNAL', edit('notes', (_, nodes) => void nodes.reverse())],
		[
			'an id that is a path',
			'SETUP',
			edit('documents', (_, [node]) => Object.assign(node, { id: `../../../${ELSEWHERE}` })),
		],
		[
			'a number that is a path',
			'SETUP',
			edit('documents', (_, [node]) => Object.assign(node.versions[0], { number: `../../../${ELSEWHERE}` })),
		],
		[
			'a page without an end',
			'SETUP',
			edit('notes', ({ data }) => Object.assign(data.notes.pageInfo, { hasNextPage: true, endCursor: null })),
		],
		['the same members again and again', 'INTERNAL', repeatingMembers()],
		['no page', 'SETUP', edit('notes', ({ data }) => Object.assign(data, { notes: null }))],
		[
			'another schema',
			'SETUP',
			{
				onQuestion: (count, answer) =>
					count < 4
						? answer
						: { text: '{"errors":[{"message":"Cannot query","extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}' },
			},
		],
		[
			'no row count',
			'SETUP',
			{
				onQuestion: (_, answer) =>
					changed(answer, ({ data }) => {
						if (data?.notes?.totalCount !== undefined) data.notes = { totalCount: 'many' };
					}),
			},
		],
		['something that is no API', 'SETUP', { onQuestion: () => ({ text: '<html>' }) }],
	])('answers with %s, and nothing is exported', async (what, code, options) => {
		const name = `untrue-${what.replaceAll(' ', '-')}`;
		const { error, stderr, code: exit } = await run(name, options);
		expect([exit, error.code, existsSync(at(name))]).toEqual([1, code, false]);
		expect(JSON.stringify([error, stderr])).not.toContain(CANARY);
		expect(readdirSync(join(directory, '..')).filter((each) => each === ELSEWHERE)).toEqual([]);
	});

	it('cannot make file names leave the export', async () => {
		const { code } = await run(
			'names',
			edit('documents', (_, nodes) => {
				for (const node of nodes) node.name = '../../../../outside\u0000\n';
			}),
		);
		expect(code).toBe(0);
		assertSound(at('names'));
		const files = readExport(at('names')).names.filter((name) => name.startsWith('files/'));
		expect(new Set(files.map((name) => name.split('/').at(-1)))).toEqual(new Set(['outside__']));
	});
});
