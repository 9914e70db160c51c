import { v7 as uuidv7 } from 'uuid';
import { type Entry, parseLeaf } from '../../../src/audit/index.ts';
import type { LeaseRef } from '../../../src/leases/broker/parts.ts';
import { unguarded } from '../../leases/forgeries.ts';
import { type LeaseStage, makeLeaseStage, type Wish } from '../../leases/stage.ts';
import type { Answer } from '../../support/ask.ts';
import { contentOf, filesAt } from '../../support/files.ts';
import type { Person, TestApi, TestFirm } from '../../support/installation.ts';
import { watchStatements } from '../../support/watch-statements.ts';
import type { Scene } from '../scene.ts';
import { makeWorkspace, type Workspace } from '../workspace.ts';
import { type Broker, openBroker } from './broker.ts';
import { createRemovals, type Removals, type Unwrap } from './removals.ts';

/** An answer, and the statements and key calls for it. */
export interface LockAnswer extends Answer {
	readonly statements: readonly string[];
	readonly unwraps: readonly Unwrap[];
}

/** A request for content: a GraphQL document, or a file by its path. */
export type Request = Asked & ({ readonly query: string } | { readonly path: string });

interface Asked {
	/** The lease that the request names, or null for none. */
	readonly lease: string | null;
	/** By default the requester. */
	readonly token?: Person;
}

/** Two firms with a full workspace and a file each, the people of a lease on the first, an API with removable locks, and a broker. */
export interface LockStage extends LeaseStage {
	readonly api: TestApi;
	readonly other: TestFirm;
	readonly ours: Workspace;
	readonly theirs: Workspace;
	readonly removals: Removals;
	readonly broker: Broker;
	/** Another operator, who has no lease. */
	readonly stranger: Person;
	send(request: Request): Promise<LockAnswer>;
	entriesOf(told: LockAnswer): Promise<Entry[]>;
	/** The lease's id with the firm of its row. */
	idOf(lease: string): Promise<LeaseRef>;
	/** Makes an active lease of the requester. */
	active(wish?: Wish): Promise<string>;
	/** Ends a lease like a person does, and revokes its grants. */
	ended(lease: string): Promise<string>;
	/** Ends all open leases and revokes all grants, since a grant opens a class of a firm for every lease. */
	clear(): Promise<void>;
}

export async function makeLockStage(): Promise<LockStage> {
	const base = await makeLeaseStage();
	const { installation, firm } = base;
	const { admin, config } = installation;
	const { harbour: other } = base;
	const removals = await createRemovals(config, admin);
	// No case needs the proof that entries are recorded, and waiting for it can time out on a slow machine.
	const api = await installation.serve({ FIRMSEAL_OPERATOR_PROOF: 'off' }, removals.options);
	const scene = { api, admin } as unknown as Scene;
	const [ours, theirs] = [await makeWorkspace(scene, firm), await makeWorkspace(scene, other)];
	const files = filesAt(api.url);
	for (const [{ member }, { marker, ids }] of [
		[firm, ours],
		[other, theirs],
	] as const) {
		const { status } = await files.put(member, ids.document, fileOf(marker));
		if (status !== 201) throw new Error(`The upload of the file failed: ${status}`);
	}
	/** Turns a download into an answer. A download is refused as a whole. */
	async function fetchFile(token: Person, path: string, headers: Record<string, string>): Promise<Answer> {
		const { bytes, json, ...answer } = await files.get(token, path, headers);
		const errors = json ? [{ message: json.detail, extensions: { code: json.code } }] : [];
		return { ...answer, text: bytes.toString(), data: json ? null : {}, errors, sealed: [] };
	}
	const broker = await openBroker(installation);
	const watch = watchStatements();
	const stranger = await installation.addOperator('OPERATOR');
	const idOf = async (lease: string): Promise<LeaseRef> => ({ lease, firm: (await base.find(lease)).firmId });
	return {
		...base,
		api,
		other,
		ours,
		theirs,
		removals,
		broker,
		stranger,
		idOf,
		async send({ lease, token = base.tokens.requester, ...asked }) {
			watch.take();
			removals.takeUnwraps();
			const headers = lease === null ? {} : { 'x-firmseal-lease': lease };
			const answer =
				'path' in asked ? await fetchFile(token, asked.path, headers) : await api.ask(token, asked.query, {}, headers);
			return { ...answer, statements: watch.take(), unwraps: removals.takeUnwraps() };
		},
		async entriesOf({ headers }) {
			const id = headers.get('x-request-id');
			const rows = await admin`
				select leaf from audit_entries where position(${id} in leaf) > 0 order by appended_at, sequence`;
			return rows.map(({ leaf }) => parseLeaf(leaf));
		},
		async active(wish) {
			const lease = await base.activating(wish);
			const doubts = await broker.decide(await idOf(lease));
			if (doubts.length > 0) throw new Error(`The broker refused the lease: ${doubts.join()}`);
			return lease;
		},
		async ended(lease) {
			await base.revoke(lease);
			await broker.clear(await idOf(lease));
			return lease;
		},
		async clear() {
			await unguarded(
				base,
				'leases',
				`update leases set state = 'REVOKED', ended_at = now(), cleared_at = now()
				where state in ('REQUESTED', 'APPROVED', 'ACTIVATING', 'ACTIVE')`,
			);
			for (const { id } of [firm, other]) await broker.clearFirm(id);
		},
		async close() {
			watch.end();
			await broker.close();
			await base.close();
		},
	};
}

/** The content of the file of a workspace. */
export const fileOf = (marker: string): string => `${marker} file`;

/** The URL path of that file. */
export const pathOf = ({ ids }: Workspace, number?: number): string => contentOf(ids.document, number);

/** An unknown lease id. */
export const unknownLease = (): string => uuidv7();
