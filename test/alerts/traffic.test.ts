import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { codes, type HttpStage, idOf, makeHttpStage } from '../leases/http-stage.ts';
import type { Person } from '../support/person.ts';
import { type AlertStage, makeAlertStage } from './stage.ts';

const LIST = 'query ($firmId: ID!, $first: Int) { notes(firmId: $firmId, first: $first) { nodes { id title body } } }';
const METADATA = `query ($firmId: ID!) { firms { nodes { id slug } } notes(firmId: $firmId) { nodes { id createdAt author { name } } }
	documents(firmId: $firmId) { nodes { id name byteSize } } breakGlassLeases { nodes { id state } } alerts { nodes { id rule } } }`;

/** Alerts that requests to the API cause. */
describe('requests', () => {
	let http: HttpStage;
	let stage: AlertStage;
	let north: string;
	beforeAll(async () => {
		http = await makeHttpStage();
		await http.scene.installation.startBroker();
		stage = await makeAlertStage(http.scene.installation);
		north = http.firm.id;
		for (let note = 0; note < 51; note += 1) await http.scene.write({ title: `title ${note}`, body: 'body' });
		await stage.look();
	});
	beforeEach(async () => {
		await stage.look();
		await stage.admin`delete from alert_tallies`;
		const auditor = idOf(await http.scene.installation.addOperator('AUDITOR'));
		await stage.acknowledgeAll(auditor);
	});
	afterAll(() => stage?.close());
	const ask = (token: Person, query: string, variables: object, lease?: string) =>
		http.scene.api.ask(token, query, { ...variables }, lease ? { 'x-firmseal-lease': lease } : {});
	const raised = async () => {
		await stage.look();
		const rows =
			await stage.admin`select rule, actor_id, firm_id, lease_id, count from alerts where acknowledged_at is null order by rule`;
		return rows.map((row) => ({ ...row }));
	};
	/** An active lease that was approved a while after its request. */
	async function unhurried(special: object = {}): Promise<string> {
		const { id, requestHash } = await http.requested(special);
		await http.unguarded(
			'leases',
			(sql) => sql`update leases set requested_at = requested_at - interval '40 seconds' where id = ${id}`,
		);
		for (const token of [http.people.owner, http.people.approver])
			await http.leases.approve(token, { id, requestHash });
		const { errors } = await http.leases.step(http.people.operator, 'activate', id);
		expect(errors).toEqual([]);
		return id;
	}

	it('of a firm and of readers of metadata open no alert', async () => {
		const { owner, member, client } = http.firm;
		for (const token of [owner, member]) {
			expect((await ask(token, LIST, { firmId: north, first: 51 })).data.notes.nodes).toHaveLength(51);
			await http.scene.write({ title: 'another', body: null });
		}
		await ask(client, '{ viewer { id } documents { nodes { id description } } }', {});
		for (const token of [http.people.operator])
			expect((await ask(token, METADATA, { firmId: north })).errors).toEqual([]);
		await http.requested();
		await http.endAll();
		await http.scene.installation.serve();
		expect(await raised()).toEqual([]);
	});

	it('for content without a lease open one', async () => {
		await ask(http.people.operator, LIST, { firmId: north, first: 10 });
		expect(await raised()).toEqual([
			{ rule: 'CONTENT_WITHOUT_LEASE', actor_id: idOf(http.people.operator), firm_id: north, lease_id: null, count: 1 },
		]);
	});

	it('for a file without a lease open one', async () => {
		const { data } = await ask(
			http.firm.member,
			'mutation { createDocument(input: { name: "a", mimeType: "text/plain" }) { document { id } } }',
			{},
		);
		const { id } = data.createDocument.document;
		const url = `${http.scene.api.url}/documents/${id}/content`;
		const put = await fetch(url, { method: 'PUT', headers: bearer(http.firm.member), body: 'text' });
		expect(put.status).toBe(201);
		expect((await fetch(url, { headers: bearer(http.people.operator) })).status).toBe(403);
		expect(await raised()).toMatchObject([{ rule: 'CONTENT_WITHOUT_LEASE', actor_id: idOf(http.people.operator) }]);
	});

	it('that lead to an active lease open one, and the steps before none', async () => {
		const lease = await unhurried();
		expect(await raised()).toEqual([
			{ rule: 'LEASE_ACTIVATED', actor_id: idOf(http.people.operator), firm_id: north, lease_id: lease, count: 1 },
		]);
		await http.endAll();
	});

	it('that read more than 50 records under a lease open one', async () => {
		const lease = await unhurried();
		const read = (first: number) => ask(http.people.operator, LIST, { firmId: north, first }, lease);
		expect((await read(50)).errors).toEqual([]);
		expect((await raised()).map(({ rule }) => rule)).toEqual(['LEASE_ACTIVATED']);
		expect((await read(51)).errors).toEqual([]);
		expect((await raised())[0]).toEqual({
			rule: 'BULK_READ_OPERATOR',
			actor_id: idOf(http.people.operator),
			firm_id: north,
			lease_id: lease,
			count: 51,
		});
		await http.endAll();
	});

	it('that use up the budget of a lease open one', async () => {
		const lease = await unhurried({ readBudget: 100 });
		const read = (first: number) => ask(http.people.operator, LIST, { firmId: north, first }, lease);
		const used = async () =>
			(await stage.admin`select used::int from lease_budgets where lease_id = ${lease}`)[0]?.used;
		expect((await read(39)).errors).toEqual([]);
		expect(await used()).toBeLessThan(80);
		expect(await stage.states({ when: 'OFTEN' })).toEqual([]);
		expect((await read(5)).errors).toEqual([]);
		expect(await used()).toBeGreaterThan(79);
		expect(await stage.states({ when: 'OFTEN' })).toEqual(['BULK_READ_BUDGET']);
		await http.endAll();
	});

	it('that are approved at once, repeatedly, open one', async () => {
		for (let time = 0; time < 3; time += 1) {
			await http.approved();
			expect((await raised()).map(({ rule }) => rule)).not.toContain(time < 2 ? 'APPROVAL_PAIR' : 'nothing');
			await http.endAll();
		}
		const rules = (await raised()).map(({ rule }) => rule);
		expect(rules.filter((rule) => rule === 'APPROVAL_HASTY')).toHaveLength(3);
		expect(rules).toContain('APPROVAL_PAIR');
	});

	it('that are denied and repeated for more open one', async () => {
		const { id } = await http.requested();
		await http.leases.step(http.people.approver, 'deny', id);
		await http.requested();
		expect(await stage.states({ when: 'OFTEN' })).toEqual([]);
		await http.requested({ classes: ['NOTE', 'BILLING'] });
		expect(await stage.states({ when: 'OFTEN' })).toEqual(['REFILED_WIDER']);
		await http.endAll();
	});

	it('that meet values of another row open one', async () => {
		const ids = await Promise.all([1, 2, 3, 4, 5].map(() => http.scene.write({ title: 'whole', body: null })));
		const read = (id: string | undefined) =>
			ask(http.firm.member, 'query ($id: ID!) { note(id: $id) { title } }', { id });
		const last = 'octet_length(title) - 1';
		await http.unguarded(
			'notes',
			(
				sql,
			) => sql`update notes set title = set_byte(title, ${sql.unsafe(last)}, get_byte(title, ${sql.unsafe(last)}) # 1)
				where id in ${sql(ids)}`,
		);
		expect(codes(await read(ids[0]))).toEqual(['CIPHERTEXT_INVALID']);
		expect((await raised()).map(({ rule, count }) => [rule, count])).toEqual([['ENVELOPE_INVALID', 1]]);
		for (const id of ids.slice(1)) await read(id);
		expect((await raised()).map(({ rule, count }) => [rule, count])).toEqual([
			['ENVELOPE_INVALID', 5],
			['ENVELOPE_INVALID_MANY', 5],
		]);
	});

	it('that change a firm’s access policy open one', async () => {
		await http.leases.setPolicy(http.people.owner, 'NOTIFY');
		expect(await raised()).toMatchObject([
			{ rule: 'POLICY_CHANGED', actor_id: idOf(http.people.owner), firm_id: north },
		]);
	});

	it('that are refused 20 times within a minute open one', async () => {
		const refused = () => ask(http.firm.client, '{ notices { nodes { id } } }', {});
		for (let time = 0; time < 19; time += 1) await refused();
		expect(await raised()).toEqual([]);
		await refused();
		expect(await raised()).toMatchObject([{ rule: 'MANY_DENIALS', actor_id: idOf(http.firm.client) }]);
	});
});

const bearer = (token: Person) => ({ authorization: `Bearer ${token}`, 'content-type': 'text/plain' });
