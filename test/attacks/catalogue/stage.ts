import type { TransactionSql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { parseLeaf } from '../../../src/audit/index.ts';
import { type Named, type Role, runAs } from '../../database/firm-owned-tables.ts';
import { codeOf, type TwoFirms } from '../../database/two-firms.ts';
import { type LeaseAnswer, leasesOver } from '../../leases/by-api.ts';
import { until } from '../../leases/stage.ts';
import type { Answer } from '../../support/ask.ts';
import type { Person, TestApi } from '../../support/installation.ts';
import { type Broker, openBroker } from '../locks/broker.ts';
import { makeScene, type Scene } from '../scene.ts';
import { makeWorkspace, shareAll, type Workspace } from '../workspace.ts';
import { watchRequests } from './statements.ts';
import { type Request, sendTo } from './wire.ts';

/** An answer, the caller's token, and the SQL statements that the server sent for it. */
export interface AttackAnswer extends Answer {
	readonly token: Person | null;
	readonly statements: readonly string[];
}

/** The stage of the attacks: two firms with a full workspace each. The workspace of north is shared with its client. */
export interface Stage extends Omit<Scene, 'write'> {
	readonly ours: Workspace;
	readonly theirs: Workspace;
	/** Names of the content columns. */
	readonly contentColumns: readonly string[];
	ask(
		token: Person | null,
		query: string,
		variables?: Readonly<Record<string, unknown>>,
		api?: TestApi,
	): Promise<AttackAnswer>;
	/** Anything over HTTP; `token` goes into the Authorization header. */
	send(token: Person | null, request: Request, api?: TestApi): Promise<AttackAnswer>;
	/** Runs SQL in a role of a plane, signed in as the login that may take that role. */
	sql(
		role: Role,
		named: Named,
		statement: string | ((tx: TransactionSql) => Promise<unknown>),
	): ReturnType<typeof runAs>;
	/** The SQLSTATE of each statement in a role of a plane, or `done` if it was not refused. */
	states(role: Role, named: Named, ...statements: string[]): Promise<string[]>;
	/** Writes a note that holds the firm's marker, and returns its id. */
	note(content?: Parameters<Scene['write']>[0], firm?: Scene['north']): Promise<string>;
	/** A text that holds the firm's marker. */
	secret(firm?: Scene['north']): string;
	/** Everything that callers got since the last call: answers with the caller's token, and rows of SQL. */
	takeDisclosed(): readonly { readonly token: Person | null; readonly isUnderLease: boolean; readonly text: string }[];
	/** An active lease of the operator on north's notes, unless `wish` says otherwise. */
	lease(wish?: Readonly<Record<string, unknown>>): Promise<LeaseAnswer>;
	/** Sends a query that names a lease, as the operator unless `token` is given. */
	under(lease: string, query: string, token?: Person): Promise<AttackAnswer>;
	readonly broker: Broker;
	/** Deletes the notes that were made since the last call, and ends the leases with their grants. */
	clear(): Promise<unknown>;
	/** Adds a note to the test report. It decides nothing. */
	inform(message: string): Promise<unknown>;
	close(): Promise<void>;
}

export async function makeStage(): Promise<Stage> {
	const scene = await makeScene();
	const [ours, theirs] = [await makeWorkspace(scene, scene.north), await makeWorkspace(scene, scene.harbour)];
	await shareAll(scene, scene.north, ours);
	const columns =
		await scene.admin`select distinct attname as name from pg_attribute where atttypid = 'sealed'::regtype`;
	const watch = watchRequests();
	const made: string[] = [];
	const lent: string[] = [];
	const broker = await openBroker(scene.installation);
	const leases = leasesOver(scene.api.ask);
	const people = { operator: scene.operator, approver: scene.approver, owner: scene.north.owner };
	const disclosed: { token: Person | null; isUnderLease: boolean; text: string }[] = [];
	const two = { installation: scene.installation } as TwoFirms;
	const secret = (firm = scene.north) => `${firm === scene.north ? ours.marker : theirs.marker} ${uuidv7()}`;

	async function send(token: Person | null, request: Request, api = scene.api): Promise<AttackAnswer> {
		watch.take();
		const headers = [...(token === null ? [] : ['authorization', `Bearer ${token}`]), ...(request.headers ?? [])];
		const answer = await sendTo(api.url, { ...request, headers });
		const isUnderLease = headers.includes('x-firmseal-lease');
		disclosed.push({ token, isUnderLease, text: `${JSON.stringify([...answer.headers])}${answer.text}` });
		return { ...answer, token, statements: watch.take() };
	}

	const sql: Stage['sql'] = async (role, named, statement) => {
		const rows = await runAs(two, role, named, statement);
		disclosed.push({ token: null, isUnderLease: false, text: JSON.stringify(rows, asText) ?? '' });
		return rows;
	};

	return {
		...scene,
		ours,
		theirs,
		contentColumns: columns.map(({ name }) => name),
		send,
		sql,
		secret,
		ask: (token, query, variables, api) =>
			send(token, { headers: ['content-type', 'application/json'], body: JSON.stringify({ query, variables }) }, api),
		async states(role, named, ...statements) {
			const states: string[] = [];
			for (const statement of statements) states.push(await codeOf(sql(role, named, statement)));
			return states;
		},
		async note(content = {}, firm = scene.north) {
			const id = await scene.write({ title: secret(firm), body: secret(firm), ...content }, firm);
			made.push(id);
			return id;
		},
		broker,
		async lease(wish = {}) {
			const { id } = await leases.approved(people, scene.north.id, wish);
			lent.push(id);
			const asked = leases.step(scene.operator, 'activate', id);
			await until(async () => (await leases.see(scene.operator, id)).state === 'ACTIVATING');
			const doubts = await broker.decide({ lease: id, firm: scene.north.id });
			if (doubts.length > 0) throw new Error(`The broker refused the lease: ${doubts.join()}`);
			return (await asked).data.activateBreakGlass.lease;
		},
		under: (lease, query, token = scene.operator) =>
			send(token, {
				headers: ['content-type', 'application/json', 'x-firmseal-lease', lease],
				body: JSON.stringify({ query }),
			}),
		async clear() {
			const open =
				await scene.admin`select id, state from leases where state in ('REQUESTED', 'APPROVED', 'ACTIVATING', 'ACTIVE')`;
			for (const { id, state } of open)
				await leases.step(scene.north.owner, state === 'REQUESTED' ? 'deny' : 'revoke', id);
			for (const id of lent.splice(0)) await broker.clear({ lease: id, firm: scene.north.id });
			await scene.admin`delete from notes where id = any (${made.splice(0)})`;
		},
		// Only the entries of this request: the log grows with each attack.
		async entriesOf({ headers }) {
			const id = headers.get('x-request-id');
			const rows = await scene.admin`
				select leaf from audit_entries where position(${id} in leaf) > 0 order by appended_at, sequence`;
			return rows.map(({ leaf }) => parseLeaf(leaf));
		},
		takeDisclosed: () => disclosed.splice(0),
		inform: async () => {},
		async close() {
			watch.end();
			await broker.close();
			await scene.installation.close();
		},
	};
}

/** JSON replacer that turns bytes into searchable text. */
const asText = (_: string, value: unknown) =>
	value && typeof value === 'object' && 'type' in value && value.type === 'Buffer'
		? Buffer.from((value as unknown as { data: number[] }).data).toString('latin1')
		: value;
