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

/** An answer, and what was done for it. */
export interface LockAnswer extends Answer {
	readonly statements: readonly string[];
	readonly unwraps: readonly Unwrap[];
}

/** A request for content: a GraphQL document, or a file by its path. */
export type Request = Asked & ({ readonly query: string } | { readonly path: string });

interface Asked {
	/** The lease that it names; null: none. */
	readonly lease: string | null;
	/** The requester unless given. */
	readonly token?: Person;
}

/** Two firms with a whole workspace each and a file in it, the people of a lease on the first, an API whose locks can be taken away, and a broker. */
export interface LockStage extends LeaseStage {
	readonly api: TestApi;
	readonly other: TestFirm;
	readonly ours: Workspace;
	readonly theirs: Workspace;
	readonly removals: Removals;
	readonly broker: Broker;
	/** A further operator, whose lease it is not. */
	readonly stranger: Person;
	send(request: Request): Promise<LockAnswer>;
	entriesOf(told: LockAnswer): Promise<Entry[]>;
	/** With the firm that its row names. */
	idOf(lease: string): Promise<LeaseRef>;
	/** A lease of the requester's that is in use. */
	active(wish?: Wish): Promise<string>;
	/** Ended as a person does, and its grants taken. */
	ended(lease: string): Promise<string>;
	/** Ends what is open and takes all grants: a grant opens a class of a firm, whichever lease it was made for. */
	clear(): Promise<void>;
}

export async function makeLockStage(): Promise<LockStage> {
	const base = await makeLeaseStage();
	const { installation, firm } = base;
	const { admin, config } = installation;
	const { harbour: other } = base;
	const removals = await createRemovals(config, admin);
	// Nothing here is about the proof of what was recorded, for which an answer may wait in vain on a slow machine.
	const api = await installation.serve({ FIRMSEAL_OPERATOR_PROOF: 'off' }, removals.options);
	const scene = { api, admin } as unknown as Scene;
	const [ours, theirs] = [await makeWorkspace(scene, firm), await makeWorkspace(scene, other)];
	const files = filesAt(api.url);
	for (const [{ member }, { marker, ids }] of [
		[firm, ours],
		[other, theirs],
	] as const) {
		const { status } = await files.put(member, ids.document, fileOf(marker));
		if (status !== 201) throw new Error(`The file was not taken: ${status}`);
	}
	/** A download as an answer like any other: it is refused as a whole. */
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
			if (doubts.length > 0) throw new Error(`The broker refuses it: ${doubts.join()}`);
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

/** What is in the file of a workspace. */
export const fileOf = (marker: string): string => `${marker} file`;

/** The way to it. */
export const pathOf = ({ ids }: Workspace, number?: number): string => contentOf(ids.document, number);

/** A lease's id that nobody knows. */
export const unknownLease = (): string => uuidv7();
