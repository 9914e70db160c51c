import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Entry, encodeLeaf } from '../../src/audit/index.ts';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { leasesOver } from '../leases/by-api.ts';
import { claimsOf, makeScene, NOTE, type Person, type Scene } from './scene.ts';

let scene: Scene;
const ids: string[] = [];
beforeAll(async () => {
	scene = await makeScene();
	for (let n = 0; n < 12; n++)
		ids.push(await scene.write({ title: `record-marker ${n}`, body: n % 3 ? 'record-marker' : null }));
	await scene.write({ title: 'record-marker harbour' }, scene.harbour);
});
afterAll(() => scene?.installation.close());

const AUDIT = `query ($firm: ID, $first: Int, $after: String, $last: Int, $before: String, $order: AuditEntryOrder) {
	auditEntries(firmId: $firm, first: $first, after: $after, last: $last, before: $before, orderBy: $order) {
		totalCount
		pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
		nodes { id firmId action decision actorId actorRoles requestId coordinates recordIds reason sequence bootId leaf keys { class version source } documentHash }
	}
}`;

describe('the log entries of a read', () => {
	it('are committed before the response arrives', async () => {
		await Promise.all(
			ids.map(async (id) => {
				const answer = await scene.api.ask(scene.north.member, NOTE, { id });
				// Another session, after the answer, sees only committed entries.
				const opened = (await scene.entriesOf(answer)).filter(({ action }) => action === 'content.open');
				expect(opened.flatMap(({ records }) => records)).toEqual([id]);
				expect(opened.flatMap(({ coordinates }) => coordinates)).toEqual(
					answer.data.note.body === null ? ['Note.title'] : ['Note.title', 'Note.body'],
				);
			}),
		);
	});

	it('are as few as can describe a page exactly', async () => {
		const answer = await scene.api.ask(scene.north.member, '{ notes(first: 100) { nodes { id title body } } }');
		const entries = await scene.entriesOf(answer);
		expect(entries.map(({ coordinates, records }) => [coordinates.join(), records.length])).toEqual([
			['Note.title,Note.body', 8],
			['Note.title', 4],
		]);
		for (const { actor, plane, document, keys } of entries) {
			expect(actor).toEqual({ kind: 'firm', user: claimsOf(scene.north.member).sub, roles: ['MEMBER'] });
			expect(plane).toBe('firm');
			expect(document).toMatch(/^[0-9a-f]{64}$/);
			expect(keys).toMatchObject([{ class: 'NOTE', version: 1 }]);
		}
	});

	it('count the refusals to an operator by coordinate and firm', async () => {
		const document = `{ a: notes(firmId: "${scene.north.id}") { nodes { title body } } b: notes(firmId: "${scene.harbour.id}") { nodes { title } } }`;
		const answer = await scene.api.ask(scene.operator, document);
		const denials = await scene.entriesOf(answer);
		// The two lists are read in no fixed order.
		expect(Object.fromEntries(denials.map(({ firm, counts }) => [firm, counts]))).toEqual({
			[scene.north.id]: { 'Note.title': 12, 'Note.body': 12 },
			[scene.harbour.id]: { 'Note.title': 1 },
		});
		expect(denials).toHaveLength(2);
		for (const { action, decision, reason } of denials)
			expect([action, decision, reason]).toEqual(['content.deny', 'DENIED', 'NO_LEASE']);
	});
});

describe('input that a client chooses', () => {
	it('does not appear in the log: names, headers, literals and variables', async () => {
		const body = JSON.stringify({
			operationName: 'ChosenMarkerOperation',
			query: `query ChosenMarkerOperation($chosenMarkerVariable: ID!) { chosenMarkerAlias: note(id: $chosenMarkerVariable) { ...ChosenMarkerFragment } }
				fragment ChosenMarkerFragment on Note { chosenMarkerField: title }
				query Other { notes(filter: { createdFrom: "2020-02-02T00:00:00Z" }) { totalCount } } # chosenMarkerComment`,
			variables: { chosenMarkerVariable: ids[0], chosenMarkerMore: 'chosen-marker' },
			extensions: { chosenMarkerExtension: 'chosen-marker' },
		});
		const headers = {
			'content-type': 'application/json',
			authorization: `Bearer ${scene.north.member}`,
			'x-request-id': 'chosen-marker-request',
			'user-agent': 'chosen-marker-agent',
			'x-forwarded-for': 'chosen-marker-address',
			'apollographql-client-name': 'chosen-marker-client',
		};
		// A member may not name a lease: the request is refused without a log entry.
		const lease = { ...headers, 'x-firmseal-lease': 'chosen-marker-lease' };
		expect((await fetch(`${scene.api.url}/graphql`, { method: 'POST', headers: lease, body })).status).toBe(400);
		const response = await fetch(`${scene.api.url}/graphql?chosen-marker=1`, { method: 'POST', headers, body });
		expect(((await response.json()) as { data: unknown }).data).toMatchObject({
			chosenMarkerAlias: { chosenMarkerField: 'record-marker 0' },
		});
		expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
		const [row] = await scene.admin`select string_agg(leaf, '') as leaves from audit_entries`;
		expect(row?.leaves).not.toMatch(/chosen.?marker/i);
		expect(scene.api.lines.join('')).not.toMatch(/chosen.?marker/i);
		expect(await scene.entriesOf(response)).toMatchObject([
			{ action: 'content.open', coordinates: ['Note.title'], records: [ids[0]] },
		]);
	});

	it('does not appear in the log, nor do content and tokens', async () => {
		await scene.api.ask(scene.north.member, NOTE, { id: ids[0] });
		const [row] = await scene.admin`select string_agg(leaf, '') as leaves from audit_entries`;
		for (const text of [row?.leaves, scene.api.lines.join('')]) {
			expect(text).not.toContain('record-marker');
			expect(text).not.toContain('eyJ');
			expect(text).not.toContain('@north.example');
		}
	});
});

describe('reading the log', () => {
	const read = async (token: Person, variables: Record<string, unknown> = {}) => scene.api.ask(token, AUDIT, variables);

	it('shows an owner only the own firm’s entries for any firm that they name, and is itself logged', async () => {
		const answer = await read(scene.north.owner);
		expect(answer.data.auditEntries.totalCount).toBeGreaterThan(12);
		for (const { firmId, leaf } of answer.data.auditEntries.nodes) {
			expect(firmId).toBe(scene.north.id);
			expect(leaf).not.toContain(scene.harbour.id);
		}
		expect(await scene.entriesOf(answer)).toMatchObject([
			{ action: 'log.read', firm: scene.north.id, actor: { user: claimsOf(scene.north.owner).sub } },
		]);
		expect((await read(scene.north.owner, { firm: scene.harbour.id })).data.auditEntries).toMatchObject({
			totalCount: 0,
			nodes: [],
		});
	});

	it('shows an auditor all firms’ and the installation’s entries, or one firm’s', async () => {
		const all = await read(scene.auditor, { first: 1000 });
		expect(new Set(all.data.auditEntries.nodes.map(({ firmId }: { firmId: string }) => firmId))).toEqual(
			new Set([null, PLATFORM_FIRM_ID, scene.north.id, scene.harbour.id]),
		);
		const one = await read(scene.auditor, { first: 1000, firm: scene.harbour.id });
		expect(new Set(one.data.auditEntries.nodes.map(({ firmId }: { firmId: string }) => firmId))).toEqual(
			new Set([scene.harbour.id]),
		);
		expect(await scene.entriesOf(one)).toMatchObject([{ action: 'log.read', firm: scene.harbour.id }]);
	});

	it('finds a single entry by its id for permitted readers, and is itself logged', async () => {
		const mine = (await read(scene.north.owner)).data.auditEntries.nodes[0];
		const node = `{ node(id: "${mine.id}") { ... on AuditEntry { id leaf } } }`;
		const found = await scene.api.ask(scene.north.owner, node);
		expect(found.data.node).toEqual({ id: mine.id, leaf: mine.leaf });
		expect(await scene.entriesOf(found)).toMatchObject([{ action: 'log.read' }]);
		expect((await scene.api.ask(scene.auditor, node)).data.node).toEqual({ id: mine.id, leaf: mine.leaf });
		for (const token of [scene.north.member, scene.north.client, scene.harbour.owner, scene.operator, scene.approver]) {
			expect((await scene.api.ask(token, node)).data.node).toBeNull();
		}
	});

	it.each(['OLDEST_FIRST', 'NEWEST_FIRST'])(
		'%s: pages in both directions meet, without a gap or a repeat',
		async (order) => {
			const idsOf = ({ data }: Awaited<ReturnType<typeof read>>): string[] =>
				data.auditEntries.nodes.map(({ id }: { id: string }) => id);
			const whole = idsOf(await read(scene.harbour.owner, { order, first: 1000 }));
			// Each read adds its own entry at the new end of the list, so only the first entries are compared.
			const walk = async (size: 'first' | 'last', from: 'after' | 'before', cursorName: string, more: string) => {
				const seen: string[] = [];
				let cursor: string | null = null;
				for (let turn = 0; turn < 200; turn++) {
					const answer: Awaited<ReturnType<typeof read>> = await read(scene.harbour.owner, {
						order,
						[size]: 2,
						[from]: cursor,
					});
					seen.splice(size === 'first' ? seen.length : 0, 0, ...idsOf(answer));
					if (!answer.data.auditEntries.pageInfo[more] || seen.length > whole.length + 40) break;
					cursor = answer.data.auditEntries.pageInfo[cursorName];
				}
				return seen;
			};
			for (const seen of [
				await walk('first', 'after', 'endCursor', 'hasNextPage'),
				await walk('last', 'before', 'startCursor', 'hasPreviousPage'),
			]) {
				expect(new Set(seen).size).toBe(seen.length);
				expect(seen.filter((each) => whole.includes(each))).toEqual(whole);
			}
		},
	);

	describe('with a filter', () => {
		const FILTERED = `query ($filter: AuditEntryFilter, $firm: ID, $first: Int, $after: String, $order: AuditEntryOrder) {
			auditEntries(filter: $filter, firmId: $firm, first: $first, after: $after, orderBy: $order) {
				totalCount
				pageInfo { hasNextPage endCursor }
				nodes { id firmId at action decision actorId coordinates recordIds leaseId }
			}
		}`;
		type Shown = Record<'id' | 'firmId' | 'at' | 'action' | 'decision' | 'actorId', string> &
			Record<'coordinates' | 'recordIds', string[]> & { leaseId: string | null };
		const filtered = async (filter: object | null, more: object = {}, token = scene.auditor) => {
			const answer = await scene.api.ask(token, FILTERED, { filter, first: 1000, ...more });
			return { ...answer, list: answer.data?.auditEntries, nodes: (answer.data?.auditEntries?.nodes ?? []) as Shown[] };
		};

		it('shows exactly the matching entries, in pages that meet', async () => {
			for (const token of [scene.north.member, scene.operator]) await scene.api.ask(token, NOTE, { id: ids[1] });
			const [denied] = (await filtered({ decision: 'DENIED' }, { order: 'NEWEST_FIRST', first: 1 })).nodes;
			// A transaction that is still open hides the newest entries from the list with the oldest first.
			const oldestFirst = async () => (await filtered(null, { order: 'OLDEST_FIRST' })).nodes.map(({ id }) => id);
			await expect.poll(oldestFirst).toContain(denied?.id);
			const { nodes: all } = await filtered(null, { order: 'OLDEST_FIRST' });
			const { sub } = claimsOf(scene.north.member);
			const cases: [object, (entry: Shown) => boolean][] = [
				[{ action: 'content.open' }, ({ action }) => action === 'content.open'],
				[{ decision: 'DENIED' }, ({ decision }) => decision === 'DENIED'],
				[{ actorId: sub }, ({ actorId }) => actorId === sub],
				[{ coordinate: 'Note.body' }, ({ coordinates }) => coordinates.includes('Note.body')],
				[{ recordId: ids[1] }, ({ recordIds }) => recordIds.includes(ids[1] ?? '')],
				[
					{ action: 'content.open', actorId: sub, recordId: ids[1], coordinate: 'Note.body', decision: 'ALLOWED' },
					({ action, actorId, recordIds, coordinates }) =>
						action === 'content.open' &&
						actorId === sub &&
						recordIds.includes(ids[1] ?? '') &&
						coordinates.includes('Note.body'),
				],
			];
			for (const [filter, meets] of cases) {
				const expected = all.filter(meets).map(({ id }) => id);
				expect(expected.length).toBeGreaterThan(0);
				expect(expected.length).toBeLessThan(all.length);
				const found: string[] = [];
				let after: string | null = null;
				do {
					const { list, nodes } = await filtered(filter, { order: 'OLDEST_FIRST', first: 3, after });
					found.push(...nodes.map(({ id }) => id));
					after = list.pageInfo.hasNextPage ? list.pageInfo.endCursor : null;
				} while (after !== null && found.length < expected.length + 10);
				// Each read adds an entry of the auditor, which matches none of the filters.
				expect(found).toEqual(expected);
				expect((await filtered(filter, { order: 'NEWEST_FIRST', first: 1 })).list.totalCount).toBe(expected.length);
			}
		});

		it('shows what was appended from a given time on, and before it', async () => {
			const { nodes: all } = await filtered({ action: 'content.create' }, { order: 'OLDEST_FIRST' });
			const [row] = await scene.admin`select appended_at as at from audit_entries where id = ${all[5]?.id ?? ''}`;
			const at = row?.at.toISOString();
			const parts = await Promise.all(
				[{ atBefore: at }, { atFrom: at }].map((time) =>
					filtered({ action: 'content.create', ...time }, { order: 'OLDEST_FIRST' }),
				),
			);
			expect(parts.flatMap(({ nodes }) => nodes)).toEqual(all);
			for (const { nodes } of parts) expect(nodes.length).toBeGreaterThan(0);
		});

		it('shows an owner the own firm’s, is itself logged, and is refused to everyone else', async () => {
			const own = await filtered({ action: 'content.create' }, {}, scene.north.owner);
			expect(own.nodes.length).toBeGreaterThanOrEqual(12);
			expect(new Set(own.nodes.map(({ firmId }) => firmId))).toEqual(new Set([scene.north.id]));
			expect(await scene.entriesOf(own)).toMatchObject([{ action: 'log.read', firm: scene.north.id }]);
			const theirs = await filtered({ action: 'content.create' }, { firm: scene.harbour.id }, scene.north.owner);
			expect(theirs.list).toMatchObject({ totalCount: 0, nodes: [] });
			for (const token of [scene.north.member, scene.north.client, scene.operator, scene.approver])
				expect((await filtered({ decision: 'DENIED' }, {}, token)).errors[0]?.extensions.code).toBe('FORBIDDEN');
		});

		it('answers BAD_USER_INPUT to a malformed filter, and to a filter in the order of a tree', async () => {
			const bad = [
				{ action: "x' or true" },
				{ action: 'content.%' },
				{ coordinate: 'Note' },
				{ recordId: '1' },
				{ leaseId: '' },
			];
			for (const filter of bad) expect((await filtered(filter)).errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
			const byIndex = await filtered({ decision: 'DENIED' }, { firm: scene.north.id, order: 'LEAF_INDEX' });
			expect(byIndex.errors.map(({ message }) => message)).toEqual([
				'The order LEAF_INDEX is for a whole tree: remove the filter.',
			]);
		});
	});

	it('shows contiguous numbers within each run of a process', async () => {
		const numbers = async () => {
			const { data } = await read(scene.auditor, { first: 1000, order: 'OLDEST_FIRST' });
			const entries: { bootId: string; sequence: number }[] = data.auditEntries.nodes;
			const boots = [...Map.groupBy(entries, ({ bootId }) => bootId).values()];
			return boots.map((of) => of.map(({ sequence }) => sequence).sort((a, b) => a - b));
		};
		const withGaps = async () =>
			(await numbers()).filter((boot) => boot.some((sequence, index) => sequence !== index + 1));
		await expect.poll(withGaps).toEqual([]);
	});
});

describe('an owner who requests the text of large entries repeatedly', () => {
	let lease: string;
	beforeAll(async () => {
		const { id: firm } = scene.north;
		lease = (await leasesOver(scene.api.ask).requested(scene.operator, firm)).id;
		const opened = (await scene.entries()).find(({ action }) => action === 'content.open') as Entry;
		const boot = uuidv7();
		const actor = { kind: 'operator', user: claimsOf(scene.operator).sub, roles: ['OPERATOR'] } as const;
		const records = Array.from({ length: 1_000 }, () => uuidv7());
		for (let sequence = 1; sequence <= 45; sequence++) {
			const names = { id: uuidv7(), boot, sequence };
			const leaf =
				sequence <= 20
					? encodeLeaf({ ...opened, ...names, actor, plane: 'operator', firm, lease, records })
					: JSON.stringify({ ...names, firm, more: 'x'.repeat(65_000) });
			await scene.admin`insert into audit_entries (id, firm_id, role, boot, sequence, leaf)
				values (${names.id}, ${firm}, 'firmseal_operator', ${boot}, ${sequence}, ${leaf})`;
		}
	});

	const times = (count: number, part: string) => Array.from({ length: count }, (_, n) => `a${n}: ${part}`).join(' ');
	it.each([
		['through many lists', () => `{ ${times(50, 'auditEntries(first: 25) { nodes { id } }')} }`],
		['through aliases of a leaf', () => `{ auditEntries(first: 25) { nodes { ${times(60, 'leaf')} } } }`],
		['through aliases of ids', () => `{ auditEntries(first: 100) { nodes { ${times(90, 'recordIds')} } } }`],
		[
			'through aliases of ids in the report of a lease',
			() => `{ breakGlassLease(id: "${lease}") { openings { nodes { ${times(90, 'recordIds')} } } } }`,
		],
	])('is refused whole at 64 MiB, %s', async (_, query) => {
		const { data, errors, text } = await scene.api.ask(scene.north.owner, query());
		expect([data, errors[0]?.extensions.code]).toEqual([null, 'TOO_EXPENSIVE']);
		expect(errors[0]?.message).toMatch(/more than 64 MiB/);
		expect(text.length).toBeLessThan(20_000);
	});

	it('receives each text once', async () => {
		const query = `{ auditEntries(first: 100) { nodes { leaf coordinates recordIds } }
			breakGlassLease(id: "${lease}") { openings { nodes { coordinates recordIds } } } }`;
		const { data, errors } = await scene.api.ask(scene.north.owner, query);
		expect(errors).toEqual([]);
		const { nodes } = data.breakGlassLease.openings;
		expect(nodes.map(({ recordIds }: { recordIds: string[] }) => recordIds.length)).toEqual(Array(20).fill(1_000));
	});
});
