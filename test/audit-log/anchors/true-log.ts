import { createHash } from 'node:crypto';
import type { Sql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { sha256, treeHash } from '../../audit/verify/naive-tree.ts';
import { type NoteSigner, newSigner } from '../../audit/verify/note-signer.ts';

/** The tree of entries of no firm. */
export const NOBODYS = '00000000-0000-0000-0000-000000000000';

export interface TrueLogOptions {
	readonly installation: string;
	/** Signing key of the root tree; a new one by default. */
	readonly signer?: NoteSigner;
}

/**
 * A log that is kept in memory, tree by tree. Its superuser writes it into a database: the rows that the sequencer and the signer would
 * have written, made independently of them. The same log can be written into several databases, whole or up to a mark.
 */
export class TrueLog {
	readonly installation: string;
	readonly signer: NoteSigner;
	readonly #writes: { readonly ofRoot: boolean; readonly write: (sql: Sql) => Promise<unknown> }[] = [];
	readonly #trees = new Map<string, string[]>();
	readonly #signers = new Map<string, NoteSigner>();
	readonly root: string[] = [];
	/** By size of the root tree. */
	readonly notes = new Map<number, string>();

	constructor({ installation, signer }: TrueLogOptions) {
		this.installation = installation;
		this.signer = signer ?? newSigner(`${installation}/firmseal`);
	}

	/** The current sizes, to return to later. */
	get mark(): number {
		return this.#writes.length;
	}

	leavesOf(tree: string): readonly string[] {
		return this.#trees.get(tree) ?? [];
	}

	/** Adds leaves to a firm's tree that no checkpoint covers yet. `more` is added to the required keys of each. */
	append(tree: string, count = 1, more: Readonly<Record<string, unknown>> = {}): this {
		const leaves = this.#trees.get(tree) ?? [];
		this.#trees.set(tree, leaves);
		const boot = uuidv7();
		const firm = tree === NOBODYS ? null : tree;
		const rows = Array.from({ length: count }, (_, n) => {
			const [id, index] = [uuidv7(), leaves.length];
			const leaf = JSON.stringify({ action: 'log.read', boot, firm, id, sequence: n + 1, ...more, v: 1 });
			leaves.push(leaf);
			return { id, leaf, index, sequence: n + 1, hashes: hashesAt(leaves, index) };
		});
		const column = <T>(pick: (row: (typeof rows)[number]) => T) => rows.map(pick);
		return this.#write(async (sql) => {
			await sql`insert into audit_entries (id, firm_id, role, boot, sequence, leaf)
				select u.id, ${firm}, 'firmseal_firm', ${boot}, u.sequence, u.leaf from unnest(
					${column(({ id }) => id)}::uuid[], ${column(({ sequence }) => sequence)}::bigint[], ${column(({ leaf }) => leaf)}::text[]
				) u (id, sequence, leaf)`;
			await sql`insert into audit_leaves (tree, index, entry_id, hashes)
				select ${tree}, u.index, u.id, decode(u.hashes, 'hex') from unnest(
					${column(({ index }) => index)}::bigint[], ${column(({ id }) => id)}::uuid[], ${column(({ hashes }) => hashes.toString('hex'))}::text[]
				) u (index, id, hashes)`;
		});
	}

	/** Adds a checkpoint of a firm's tree as a leaf of the root tree. */
	checkpoint(tree: string): this {
		const origin = `${this.installation}/firmseal/${tree}`;
		const signer = this.#signers.get(tree) ?? newSigner(origin);
		this.#signers.set(tree, signer);
		const leaves = this.leavesOf(tree);
		return this.#rootLeaf(noteOf(origin, leaves, signer), { kind: 'CHECKPOINT', tree, size: leaves.length });
	}

	heartbeat(): this {
		const at = new Date(1_764_000_000_000 + this.root.length).toISOString();
		return this.#rootLeaf(JSON.stringify({ at, kind: 'heartbeat', v: 1 }), {
			kind: 'HEARTBEAT',
			tree: null,
			size: null,
		});
	}

	/** Signs the root tree. */
	sign(signer: NoteSigner = this.signer): this {
		const size = this.root.length;
		const note = noteOf(`${this.installation}/firmseal`, this.root, signer);
		this.notes.set(size, note);
		return this.#write((sql) => sql`insert into audit_root_checkpoints (size, note) values (${size}, ${note})`, true);
	}

	/** Adds checkpoints of all trees and signs the root tree, as a round of the log does. */
	publish(...trees: readonly string[]): this {
		for (const tree of trees) this.checkpoint(tree);
		return this.heartbeat().sign();
	}

	/** Writes everything between two marks into a database. */
	async into(sql: Sql, from = 0, to = this.mark): Promise<void> {
		for (const { write } of this.#writes.slice(from, to)) await write(sql);
	}

	/** Writes only the root tree, all of it. */
	async rootInto(sql: Sql): Promise<void> {
		for (const { write } of this.#writes.filter(({ ofRoot }) => ofRoot)) await write(sql);
	}

	#rootLeaf(leaf: string, of: { kind: string; tree: string | null; size: number | null }): this {
		const index = this.root.push(leaf) - 1;
		const hashes = hashesAt(this.root, index);
		return this.#write(
			(sql) => sql`insert into audit_root_leaves (index, kind, tree, size, leaf, hashes)
				values (${index}, ${of.kind}, ${of.tree}, ${of.size}, ${leaf}, ${hashes})`,
			true,
		);
	}

	#write(write: (sql: Sql) => Promise<unknown>, ofRoot = false): this {
		this.#writes.push({ ofRoot, write });
		return this;
	}
}

const leafHash = (leaf: string) => sha256('\0', leaf);

/** Hashes of the leaf, and of each complete subtree that ends with it. */
function hashesAt(leaves: readonly string[], index: number): Buffer {
	const hashes: Uint8Array[] = [];
	for (let width = 1; (index + 1) % width === 0; width *= 2)
		hashes.push(treeHash(leaves.slice(index + 1 - width, index + 1).map(leafHash)));
	return Buffer.concat(hashes);
}

function noteOf(origin: string, leaves: readonly string[], signer: NoteSigner): string {
	const root = Buffer.from(treeHash(leaves.map(leafHash))).toString('base64');
	const text = `${origin}\n${leaves.length}\n${root}\n`;
	return `${text}\n${signer.line(text)}`;
}

export const sha256Hex = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
