import { v7 as uuidv7 } from 'uuid';
import { type ApprovalSide, approvalStatement, type ContentClass, requestStatement } from '../../src/access/index.ts';
import { base64urlToUuid } from '../../src/audit/index.ts';
import {
	insertLease,
	insertLeaseApproval,
	insertLeaseEnd,
	insertLeaseTexts,
	lockLease,
	selectLease,
	transitionLease,
} from '../../src/database/index.ts';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { hashLeaseRequest, hashLeaseText, hexOf } from '../../src/leases/request-hash.ts';
import { openKeyring, openPlaneOf } from '../../src/wiring/index.ts';
import { idOf } from '../support/claims.ts';
import type { TestFirm, TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import type { TestServer } from '../support/servers.ts';
import { until } from '../system/program.ts';

export interface Wish {
	readonly classes?: readonly ContentClass[];
	readonly readBudget?: number | null;
	readonly minutes?: number;
	readonly coordinates?: readonly string[] | null;
	readonly records?: readonly string[] | null;
}

const REASON = 'The client cannot open the invoice of October.';
const TICKET = 'SUP-1';

/** An installation with a firm and the people of a lease. Each step makes rows as its plane makes them. */
export async function makeLeaseStage(server: TestServer = embedded) {
	const { installation, north: firm, harbour, operator: requester, ...others } = await makePopulated(server);
	const tokens = { ...others, requester, owner: firm.owner };
	const people = {
		requester: idOf(tokens.requester),
		approver: idOf(tokens.approver),
		second: idOf(tokens.second),
		owner: idOf(tokens.owner),
	};
	const persons = {
		approver: await personOf(installation, people.approver),
		second: await personOf(installation, people.second),
	};
	return { ...leaseRows(installation, firm, people), installation, firm, harbour, people, persons, tokens };
}

async function personOf({ admin }: TestInstallation, user: string): Promise<string> {
	const [row] = await admin`select person_id from users where id = ${user}`;
	return row?.person_id as string;
}

export interface Written {
	readonly action: string;
	readonly plane: string;
	readonly decision: string;
	/** Row ids. */
	readonly records: readonly string[];
}

export type LeaseStage = Awaited<ReturnType<typeof makeLeaseStage>>;

type People = Readonly<Record<'requester' | 'approver' | 'second' | 'owner', string>>;

function leaseRows(installation: TestInstallation, firm: TestFirm, people: People) {
	const { database, adminContext } = installation;
	const operator = openPlaneOf(database, 'firmseal_operator', 4);
	const firmPlane = openPlaneOf(database, 'firmseal_firm', 2);
	const prove = (of: string, statement: readonly string[]) =>
		adminContext.use(({ rights }) => rights.prove(of, statement));

	async function ask(wish: Wish = {}): Promise<string> {
		const { classes = ['NOTE'], readBudget = null, minutes = 30, coordinates = null, records = null } = wish;
		const id = uuidv7();
		const hashes = { reasonHash: hashLeaseText(id, REASON), ticketHash: hashLeaseText(id, TICKET) };
		const asked = {
			requestedBy: people.requester,
			purpose: 'INCIDENT',
			readBudget,
			minutes,
		} as const;
		const requestHash = hashLeaseRequest({
			...asked,
			classes,
			coordinates,
			lease: id,
			firm: firm.id,
			records,
			reasonHash: hexOf(hashes.reasonHash),
			ticketHash: hexOf(hashes.ticketHash),
		});
		const statement = { lease: id, firm: firm.id, requestHash: hexOf(requestHash), requestedBy: people.requester };
		const requestMac = await prove(PLATFORM_FIRM_ID, requestStatement(statement));
		const row = {
			...asked,
			...hashes,
			id,
			firmId: firm.id,
			classes: [...classes],
			coordinates: coordinates && [...coordinates],
			recordIds: records && [...records],
			requestHash,
			requestMac,
		};
		await operator.write(null, async (tx) => {
			await insertLease(tx, row);
			await insertLeaseTexts(tx, { leaseId: id, firmId: firm.id, reason: REASON, ticket: TICKET });
		});
		return id;
	}

	async function find(id: string) {
		const row = await operator.read(null, (tx) => selectLease(tx, id));
		if (!row) throw new Error('no such lease');
		return row;
	}

	async function agree(id: string, side: ApprovalSide, user: string): Promise<void> {
		const { requestHash } = await find(id);
		const statement = { lease: id, firm: firm.id, requestHash: hexOf(requestHash), side, user };
		const mac = await prove(side === 'FIRM' ? firm.id : PLATFORM_FIRM_ID, approvalStatement(statement));
		const plane = side === 'FIRM' ? firmPlane : operator;
		await plane.write(firm.id, (tx) =>
			insertLeaseApproval(tx, { leaseId: id, firmId: firm.id, side, userId: user, requestHash, mac }),
		);
	}

	const move = (id: string, state: Parameters<typeof transitionLease>[2], by: string | null = people.requester) =>
		operator.write(null, async (tx) => {
			await lockLease(tx, id);
			await transitionLease(tx, id, state, by);
		});

	async function approved(wish: Wish = {}): Promise<string> {
		const id = await ask(wish);
		await agree(id, 'PLATFORM', people.approver);
		await agree(id, 'FIRM', people.owner);
		await move(id, 'APPROVED', people.approver);
		return id;
	}

	return {
		ask,
		find,
		agree,
		move,
		approved,
		prove,
		/** A valid lease that waits for the broker. */
		async activating(wish: Wish = {}): Promise<string> {
			const id = await approved(wish);
			await move(id, 'ACTIVATING');
			return id;
		},
		/** A lease in use, activated by a running broker. */
		async active(wish?: Wish): Promise<string> {
			const id = await this.activating(wish);
			await until(async () => (await find(id)).state === 'ACTIVE');
			return id;
		},
		/** Revokes as Firmseal does: first the end mark, then the transition. */
		async revoke(id: string): Promise<void> {
			await operator.write(null, (tx) => insertLeaseEnd(tx, { id, firmId: firm.id }));
			await move(id, 'REVOKED');
		},
		stateOf: async (id: string) => (await find(id)).state,
		/** Names of the firm's grants at the key service. */
		async grants(): Promise<string[]> {
			const keyring = await openKeyring(installation.config, 'broker');
			return (await keyring.listGrants(firm.id)).map(({ name }) => name).sort();
		},
		/** Actions of the entries on a lease, oldest first. */
		async entries(id: string) {
			const rows = await installation.admin`
				select leaf from audit_entries where position(${id} in leaf) > 0 and leaf::jsonb ->> 'lease' = ${id}
				order by transaction, sequence`;
			return rows.map(({ leaf }): Written => {
				const entry = JSON.parse(leaf);
				return { ...entry, records: entry.records.map(base64urlToUuid) };
			});
		},
		async close(): Promise<void> {
			await Promise.all([operator.close(), firmPlane.close()]);
			await installation.close();
		},
	};
}

/** Moves everything of the lease back in time, as only the database's owner can. */
export async function backdate({ admin }: Pick<TestInstallation, 'admin'>, lease: string, by: string): Promise<void> {
	await admin.begin(async (sql) => {
		await sql`alter table leases disable trigger guard`;
		await sql`update leases set requested_at = requested_at - ${by}::interval, activated_at = activated_at - ${by}::interval,
			expires_at = expires_at - ${by}::interval where id = ${lease}`;
		await sql`alter table leases enable always trigger guard`;
	});
}

export { until };
