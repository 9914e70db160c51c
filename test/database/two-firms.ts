import { createHash, randomBytes } from 'node:crypto';
import type { Row, RowList, Sql, TransactionSql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { openPlane, type Plane, type PlaneRole } from '../../src/database/index.ts';
import { claimsOf } from '../support/claims.ts';
import type { LOGINS, TestFirm, TestInstallation } from '../support/installation.ts';
import { makePopulated } from '../support/populated.ts';
import type { TestServer } from '../support/servers.ts';

export type Side = keyof typeof LOGINS;

/** The rows of a firm. */
export interface Firm {
	readonly id: string;
	/** The owner's account. */
	readonly author: string;
	readonly note: string;
}

/** A prepared database with two firms and a note of each. The envelopes are well-formed, but empty. */
export interface TwoFirms {
	readonly installation: TestInstallation;
	readonly admin: Sql;
	readonly north: Firm;
	readonly harbour: Firm;
	/** Opens a plane as the application does. */
	plane(side: Side, connections?: number): Plane;
	/** Runs SQL of an attacker's choice in a plane's transaction, as the plane's login. */
	as<T>(side: Side, firm: string | null, work: (tx: TransactionSql) => Promise<T>): Promise<T>;
	/** Runs SQL of the worker's login as the maintenance role, with what its transaction names. */
	maintain(named: { readonly job?: string; readonly firm?: string }, statement: string): Promise<RowList<Row[]>>;
	close(): Promise<void>;
}

/** Deletes rows by the owner's function. Returns as many rows as were deleted. */
export const deletionOf = (table: string, where = 'true') =>
	`select from generate_series(1, public.delete_rows('${table}', array(select ctid from ${table} where ${where})))`;

export const roleOf = (side: Side): PlaneRole => `firmseal_${side}`;

export async function makeTwoFirms(server: TestServer): Promise<TwoFirms> {
	const { installation, north, harbour } = await makePopulated(server);
	const { admin } = installation;
	const planes: Plane[] = [];
	const signedIn = new Map<Side, Sql>();
	const urls = {
		firm: 'DATABASE_URL',
		operator: 'FIRMSEAL_OPERATOR_DATABASE_URL',
		worker: 'FIRMSEAL_WORKER_DATABASE_URL',
		broker: 'FIRMSEAL_BROKER_DATABASE_URL',
	} as const;

	async function rowsOf({ id, owner }: TestFirm): Promise<Firm> {
		const author = claimsOf(owner).sub;
		return { id, author, note: await addNote(admin, { id, author }) };
	}

	const sqlOf = (side: Side) => {
		const sql = signedIn.get(side) ?? installation.signIn(side);
		signedIn.set(side, sql);
		return sql;
	};
	const as: TwoFirms['as'] = (side, firm, work) =>
		sqlOf(side).begin(async (tx) => {
			await tx`select set_config('role', ${roleOf(side)}, true), set_config('firmseal.firm', ${firm ?? ''}, true)`;
			return work(tx);
		}) as never;
	return {
		installation,
		admin,
		north: await rowsOf(north),
		harbour: await rowsOf(harbour),
		plane(side, connections = 4) {
			const plane = openPlane({ url: installation.env[urls[side]] as string, role: roleOf(side), connections });
			planes.push(plane);
			return plane;
		},
		as,
		maintain: ({ job = '', firm }, statement) =>
			as('worker', firm ?? null, async (tx) => {
				await tx`select set_config('role', 'firmseal_maintenance', true), set_config('firmseal.job', ${job}, true)`;
				return tx.unsafe(statement);
			}),
		async close() {
			await Promise.all(planes.map((plane) => plane.close()));
			await installation.close();
		},
	};
}

/** Bytes with the shape of an envelope and the tag of `firm`. */
export function envelopeOf(firm: string): Buffer {
	const tag = createHash('sha256').update(firm).digest().subarray(0, 4);
	return Buffer.concat([Buffer.from('f50100000001', 'hex'), tag, randomBytes(32)]);
}

export async function addNote(admin: Sql, { id: firm, author }: Pick<Firm, 'id' | 'author'>): Promise<string> {
	const id = uuidv7();
	await admin`insert into notes (firm_id, id, author_id, title, body) values (${firm}, ${id}, ${author}, ${envelopeOf(firm)}, ${envelopeOf(firm)})`;
	return id;
}

/** The SQLSTATE of the refusal, or `done`. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
	try {
		await work;
		return 'done';
	} catch (error) {
		const { code, message } = error as { code?: string; message: string };
		return code ?? message;
	}
}

export const NO_PRIVILEGE = '42501';
export const NOT_IN_SHAPE = '23514';
