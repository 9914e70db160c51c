import { randomBytes, randomUUID } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import type { TestServer } from '../support/servers.ts';
import { addRow, type Named, type Role, runAs } from './firm-owned-tables.ts';
import { activeLeaseBySql, asBreakGlass, type SqlLease, under } from './leases-by-sql.ts';
import { codeOf, makeTwoFirms, type TwoFirms } from './two-firms.ts';

export const STATES = ['UPLOADING', 'STORED', 'DELETING'] as const;
export type State = (typeof STATES)[number];

/** Rows that exist while the tests of a file run. */
interface Found {
	two: TwoFirms;
	/** Clients of north. */
	client: string;
	/** A document of north that its client sees, one that it does not see, and one of harbour. */
	shared: string;
	own: string;
	foreign: string;
	/** A lease on north's documents. */
	lease: SqlLease;
}

/** Objects, tickets and files by SQL, on a server. Each test begins without objects and tickets. */
export function documentsBySql(server: TestServer) {
	const at = {} as Found;
	beforeAll(async () => {
		const two = await makeTwoFirms(server);
		const { admin, north, harbour } = two;
		const [row] = await admin`select client_id from memberships where firm_id = ${north.id} and role = 'CLIENT'`;
		const [shared, own, foreign] = [
			await addRow(admin, 'documents', north),
			await addRow(admin, 'documents', north),
			await addRow(admin, 'documents', harbour),
		];
		await admin`insert into shares ${admin({ id: uuidv7(), firm_id: north.id, client_id: row?.client_id, author_id: north.author, document_id: shared })}`;
		const lease = await activeLeaseBySql(two, north, { classes: ['DOCUMENT'] });
		Object.assign(at, { two, client: row?.client_id, shared, own, foreign, lease });
	});
	afterAll(() => at.two?.close());
	beforeEach(async () => {
		await at.two.admin`delete from stored_objects`;
		await at.two.admin`delete from download_tickets`;
	});

	const inNorth = (): Named => ({ firm: at.two.north.id });
	const inPortal = (): Named => ({ firm: at.two.north.id, client: at.client });
	const run = (role: Role, named: Named, statement: string) => runAs(at.two, role, named, statement);
	const attempt = (role: Role, named: Named, statement: string) => codeOf(run(role, named, statement));
	/** The number of changed rows, or the SQLSTATE of the refusal. */
	const change = async (role: Role, named: Named, statement: string): Promise<number | string> =>
		run(role, named, statement).then(
			({ count }) => count,
			({ code }) => code,
		);
	/** The broker, and break-glass sessions under a lease on documents. */
	const others: readonly ((statement: string) => Promise<string>)[] = [
		(statement) => codeOf(at.two.as('broker', null, (tx) => tx.unsafe(statement))),
		(statement) => codeOf(asBreakGlass(at.two, under(at.lease), (tx) => tx.unsafe(statement))),
	];

	/** Begins an upload as a client's portal user, or as one of the firm's own people. */
	async function object(document: string, state: State, by: string | null = null, of = uuidv7()): Promise<string> {
		const tag = randomUUID();
		const firm = document === at.foreign ? at.two.harbour.id : at.two.north.id;
		const whole = state === 'STORED' ? { size: 5, sha256: randomBytes(32) } : {};
		await at.two
			.admin`insert into stored_objects ${at.two.admin({ tag, firm_id: firm, document_id: document, version_id: of, client_id: by, state, ...whole })}`;
		return tag;
	}
	async function ticket(document: string, seconds: number): Promise<Buffer> {
		const hash = randomBytes(32);
		const { id, author } = document === at.foreign ? at.two.harbour : at.two.north;
		await at.two.admin`insert into download_tickets (hash, firm_id, user_id, document_id, expires_at, mac)
			values (${hash}, ${id}, ${author}, ${document}, now() + ${seconds} * interval '1 second', ${randomBytes(36)})`;
		return hash;
	}
	return { at, inNorth, inPortal, run, attempt, change, others, object, ticket };
}
