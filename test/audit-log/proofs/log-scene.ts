import { systemEntry } from '../../../src/audit/index.ts';
import { leafHash, rootHash, verifyCheckpoint, verifyInclusion } from '../../../src/audit/verify/index.ts';
import { openLog, openPlaneOf } from '../../../src/wiring/index.ts';
import { makeScene, type Scene } from '../../attacks/scene.ts';
import type { Person, TestInstallation, TestWorker } from '../../support/installation.ts';

const CHECKPOINT_FIELDS = 'firmId origin size root note createdAt rootInclusion { index size hashes note }';

export interface ShownCheckpoint {
	readonly firmId: string | null;
	readonly origin: string;
	readonly size: number;
	readonly root: string;
	readonly note: string;
	readonly createdAt: string;
	readonly rootInclusion: {
		readonly index: number;
		readonly size: number;
		readonly hashes: readonly string[];
		readonly note: string;
	} | null;
}

export interface ShownInclusion {
	readonly entryId: string;
	readonly index: number;
	readonly size: number;
	readonly leafHash: string;
	readonly hashes: readonly string[];
	readonly checkpoint: ShownCheckpoint;
	readonly file: string;
}

export type LogWorker = Pick<TestWorker, 'publishLog' | 'stop'>;

/** A scene whose log a worker keeps, and the queries of its people. */
export interface LogScene extends Scene {
	readonly worker: LogWorker;
	/** Appends `count` entries to a firm's log, or to the installation's log (null), as the program does. */
	append(firm: string | null, count: number): Promise<void>;
	checkpoint(token: Person, firmId: string | null, size?: number): Promise<ShownCheckpoint | null>;
	inclusion(token: Person, entryId: string): Promise<ShownInclusion | null>;
	consistency(token: Person, firmId: string | null, from: number, to: number): Promise<readonly string[] | null>;
	/** The vkeys that the server returns for a tree. */
	keys(firmId: string | null): Promise<readonly string[]>;
	/** Leaves of a tree in the database. */
	leaves(tree: string): Promise<{ readonly id: string; readonly leaf: string }[]>;
	/** @throws AuditProofError unless the note is signed, and the root tree has it by its proof. */
	verify(shown: ShownCheckpoint): Promise<void>;
}

export const NIL = '00000000-0000-0000-0000-000000000000';

export const bytesOf = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));
export const hashesOf = (texts: readonly string[]): Uint8Array[] => texts.map(bytesOf);
const utf8 = (text: string) => new TextEncoder().encode(text);
export const hashOf = (leaf: string): Promise<Uint8Array> => leafHash(utf8(leaf));

/** Root of a tree, computed only from its leaves. */
export const rootOf = async (leaves: readonly string[]): Promise<string> =>
	Buffer.from(await rootHash(await Promise.all(leaves.map(hashOf)))).toString('base64');

/** `work` keeps the log. By default a worker does, and also anchors it. */
export async function makeLogScene(
	work: (of: TestInstallation) => Promise<LogWorker> = (of) => of.startWorker(),
): Promise<LogScene> {
	const scene = await makeScene({ FIRMSEAL_OPERATOR_PROOF: 'off' });
	const { installation, api, admin } = scene;
	const worker = await work(installation);
	const plane = openPlaneOf(installation.database, 'firmseal_worker', 1);
	const log = openLog(plane);

	async function asked<Shown>(token: Person, field: string, query: string, variables: object): Promise<Shown | null> {
		const { data, errors } = await api.ask(token, query, variables as Record<string, unknown>);
		if (errors.length > 0) throw new Error(JSON.stringify(errors));
		return data[field];
	}

	const keys = async (firmId: string | null) => {
		const search = firmId === null ? '' : `?firm=${firmId}`;
		const answer = await fetch(`${api.url}/.well-known/firmseal/checkpoint-key${search}`);
		return (await answer.text()).split('\n').slice(0, -1);
	};

	return {
		...scene,
		installation: {
			...installation,
			async close() {
				await log.close();
				await plane.close();
				await installation.close();
			},
		},
		worker,
		keys,
		async append(firm, count) {
			await log.append(Array.from({ length: count }, () => systemEntry('worker', { action: 'log.read', firm })));
		},
		checkpoint: (token, firmId, size) =>
			asked(
				token,
				'auditCheckpoint',
				`query ($firmId: ID, $size: Float) { auditCheckpoint(firmId: $firmId, size: $size) { ${CHECKPOINT_FIELDS} } }`,
				{ firmId, size },
			),
		inclusion: (token, entryId) =>
			asked(
				token,
				'auditInclusionProof',
				`query ($entryId: ID!) { auditInclusionProof(entryId: $entryId) {
					entryId index size leafHash hashes file checkpoint { ${CHECKPOINT_FIELDS} } } }`,
				{ entryId },
			),
		async consistency(token, firmId, from, to) {
			const proof = await asked<{ hashes: string[] }>(
				token,
				'auditConsistencyProof',
				`query ($firmId: ID, $from: Float!, $to: Float!) {
					auditConsistencyProof(firmId: $firmId, from: $from, to: $to) { origin from to hashes } }`,
				{ firmId, from, to },
			);
			return proof?.hashes ?? null;
		},
		async leaves(tree) {
			const rows = await admin`select e.id, e.leaf from audit_leaves l join audit_entries e on e.id = l.entry_id
				where l.tree = ${tree} order by l.index`;
			return rows.map(({ id, leaf }) => ({ id, leaf }));
		},
		async verify({ firmId, origin, size, root, note, rootInclusion }) {
			const [vkey = ''] = await keys(firmId);
			const own = await verifyCheckpoint(note, vkey);
			if (own.origin !== origin || own.size !== size || Buffer.from(own.root).toString('base64') !== root)
				throw new Error(`not what the note says: ${note}`);
			if (!rootInclusion) return;
			const [rootKey = ''] = await keys(null);
			const whole = await verifyCheckpoint(rootInclusion.note, rootKey);
			if (whole.size !== rootInclusion.size) throw new Error(`not the size of the root tree: ${rootInclusion.note}`);
			await verifyInclusion({
				index: rootInclusion.index,
				size: whole.size,
				leafHash: await hashOf(note),
				proof: hashesOf(rootInclusion.hashes),
				root: whole.root,
			});
		},
	};
}
