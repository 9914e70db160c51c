import { v7 as uuidv7 } from 'uuid';
import { makeAlert } from '../../support/alerts.ts';
import type { Answer } from '../../support/ask.ts';
import { filesAt } from '../../support/files.ts';
import type { TestFirm } from '../../support/installation.ts';
import { claimsOf, forgeToken } from '../scene.ts';
import { byVariables, type Request, type Variables } from './document.ts';
import { type Call, calls, isCreate, operation, type Path, positionsOf } from './input-positions.ts';
import { jobRows } from './job-rows.ts';
import { type LeaseScene, leaseRows } from './lease-rows.ts';
import { before, capital } from './valid-values.ts';
import { validVariables } from './valid-variables.ts';

/** A firm with a row of every type, made through the API, and variables with which every call succeeds. */
export interface FirmRows {
	readonly firm: TestFirm;
	/** Id of the owner, who sends all calls except the operator's. */
	readonly owner: string;
	/** Id of the operator. */
	readonly operator: string;
	readonly leases: ReturnType<typeof leaseRows>;
	readonly jobs: ReturnType<typeof jobRows>;
	/** Id of the firm's shared row of a type, which no test changes. */
	row(type: string): Promise<string>;
	/** Id of a new row of the type. */
	fresh(type: string): Promise<string>;
	/** An entry of the firm whose leaf is published, and the size of a checkpoint of its tree. */
	published(): Promise<{ readonly entry: string; readonly size: number }>;
	/** The input that a row was created with. */
	inputOf(id: string): Variables;
	/** The secret of a new invitation. */
	secret(): Promise<string>;
	/** Uploads a file to a document, for the owner's first version without a file. */
	upload(document: string): Promise<void>;
	/** Removes devices that want to join, of which a person may have few. */
	forgetDevices(): Promise<unknown>;
	/** The cursor of the first row of a list, in the order of `variables`. */
	cursor(call: Call): Promise<string>;
	/** Variables for a call that succeeds once, with every argument that may be combined with the one at `path`. */
	variables(call: Call, path?: Path): Promise<Variables>;
	/** Id of the object for a field of an object, or empty for an operation. */
	nodeOf(call: Call): Promise<string>;
	ask(request: Request): Promise<Answer>;
	/** Calls a mutation. @throws Error with the answer if it fails. */
	succeed(name: string, variables: Variables): Promise<Answer>;
}

/** Makes rows so that every list of every object has at least one. */
export async function makeFirmRows(scene: LeaseScene, firm: TestFirm): Promise<FirmRows> {
	const { api } = scene;
	const owner = claimsOf(firm.owner).sub;
	const kept = new Map<string, Promise<string>>();
	const inputs = new Map<string, Variables>();
	const ask = async ({ query, variables, byOperator }: Request) => {
		const isJoining = query.includes('acceptInvitation');
		const by = isJoining ? await stranger() : byOperator ? scene.operator : firm.owner;
		return api.ask(by, query, variables);
	};
	/** A person without a seat, who may accept invitations. */
	const stranger = () => forgeToken(scene.installation.directory, { ...claimsOf(firm.owner), sub: uuidv7() });

	async function succeed(name: string, variables: Variables): Promise<Answer> {
		const answer = await ask(byVariables(operation(name), variables, { node: '' }));
		if (answer.errors.length > 0 || !answer.data.called) throw new Error(`${name} must succeed first: ${answer.text}`);
		return answer;
	}

	const rows: FirmRows = {
		firm,
		owner,
		operator: claimsOf(scene.operator).sub,
		leases: leaseRows(scene, firm),
		jobs: jobRows(scene, firm),
		ask,
		succeed,
		row(type) {
			const known = kept.get(type) ?? rows.fresh(type);
			kept.set(type, known);
			return known;
		},
		async fresh(type) {
			if (type === 'Job') return rows.jobs.waiting();
			if (type === 'Alert') return makeAlert(scene.installation.admin, firm.id);
			if (type === 'BreakGlassLease') return rows.leases.kept(await rows.row('Note'));
			if (type === 'User')
				return (await scene.installation.addMember(firm.owner, { email: `${uuidv7()}@${firm.slug}.example` })).id;
			const call = operation(type === 'Invitation' ? 'inviteMember' : `create${type}`);
			const variables = await rows.variables(call);
			const { data } = await succeed(call.field.name, variables);
			const made = data.called[type.charAt(0).toLowerCase() + type.slice(1)];
			inputs.set(made.id, variables.input as Variables);
			return made.id;
		},
		async published() {
			const [leaf] = await scene.installation
				.admin`select entry_id from audit_leaves where tree = ${firm.id} order by index limit 1`;
			const [checkpoint] = await scene.installation
				.admin`select size from audit_root_leaves where tree = ${firm.id} limit 1`;
			if (!leaf || !checkpoint) throw new Error('The log is not published: call publishLog() first.');
			return { entry: leaf.entry_id, size: Number(checkpoint.size) };
		},
		async secret() {
			const call = operation('inviteMember');
			const query = 'mutation ($input: InviteMemberInput!) { called: inviteMember(input: $input) { path } }';
			const { data } = await ask({ query, variables: await rows.variables(call), byOperator: false });
			return data.called.path.split('=')[1];
		},
		inputOf: (id) => inputs.get(id) ?? {},
		async upload(document) {
			const { status } = await filesAt(api.url).put(firm.owner, document, 'the file');
			if (status !== 201) throw new Error(`The upload must succeed first: ${status}`);
		},
		forgetDevices: () => scene.installation.admin`delete from device_requests`.then(() => undefined),
		async cursor(call) {
			const needed = call.field.args.filter(({ name, type }) => name === 'orderBy' || String(type).endsWith('!'));
			const variables = await validVariables(rows, call, [], needed);
			const { data, text } = await ask(byVariables(call, variables, { node: await rows.nodeOf(call) }));
			const cursor = (data?.node ?? data)?.called?.pageInfo.startCursor;
			if (!cursor)
				throw new Error(`${call.name} has no rows: make one in test/attacks/bad-input/firm-rows.ts. ${text}`);
			return cursor;
		},
		async variables(call, path = []) {
			const variables = await validVariables(rows, call, path);
			await before(rows, call, variables);
			return variables;
		},
		async nodeOf({ owner: type }) {
			if (type === 'Query' || type === 'Mutation') return '';
			return type === 'Firm' ? firm.id : type === 'User' ? owner : rows.row(type);
		},
	};
	for (const call of calls.filter(isCreate)) await rows.row(capital(call.field.name.slice('create'.length)));
	for (const call of calls.filter((each) => isCreate(each) || each.field.name === 'shareWithClient'))
		for (const { path, within } of positionsOf(call))
			if (within?.isOneOf) await succeed(call.field.name, await rows.variables(call, path));
	// Rows for the lists of leases, alerts and jobs.
	await rows.row('Job');
	await rows.row('BreakGlassLease');
	await rows.row('Alert');
	await scene.installation.addMember(firm.owner, {
		email: `${uuidv7()}@${firm.slug}.example`,
		role: 'CLIENT',
		clientId: await rows.row('Client'),
	});
	return rows;
}
