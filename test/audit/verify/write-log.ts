import type { KeyObject } from 'node:crypto';
import canonicalize from 'canonicalize';
import { inclusionProof, sha256, treeHash } from './naive-tree.ts';
import { fixedKey, signerOf } from './note-signer.ts';

/** A log that the tests write by FORMAT.md. It computes each hash from the whole tree. */
const INSTALLATION = 'vault.example';
export const ROOT = `${INSTALLATION}/firmseal`;
export const FIRM = '01980000-0000-7000-8000-0000000000f1';
export const OTHER_FIRM = '01980000-0000-7000-8000-0000000000f2';
export const NO_FIRM = '00000000-0000-0000-0000-000000000000';
const START = Date.parse('2026-11-24T15:00:00.000Z');

export const canonical = (value: unknown): string => canonicalize(value) as string;
export const originOf = (firm: string | null): string => `${ROOT}/${firm ?? NO_FIRM}`;
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const hashes = (leaves: readonly string[]): Uint8Array[] => leaves.map((leaf) => sha256('\0', leaf));

/** A signed note of the tree of `leaves`, by each of `keys`. */
export function noteOf(origin: string, leaves: readonly string[], ...keys: readonly KeyObject[]): string {
	const text = `${origin}\n${leaves.length}\n${base64(treeHash(hashes(leaves)))}\n`;
	return `${text}\n${keys.map((key) => signerOf(origin, key).line(text)).join('')}`;
}

/** A leaf in the form of an entry, with any `changes`. */
export function leafOf(firm: string | null, sequence: number, changes: Readonly<Record<string, unknown>> = {}): string {
	return canonical({
		v: 1,
		id: `01980000-0000-7000-8000-${String(sequence).padStart(12, '0')}`,
		boot: '5a1e0f6c-2b7d-4c3e-9f10-a2b3c4d5e6f7',
		sequence,
		at: new Date(START + sequence * 1000).toISOString(),
		action: 'request.deny',
		decision: 'DENIED',
		firm,
		actor: { kind: 'system', user: null, roles: [] },
		plane: 'firm',
		request: '01980000-0000-7000-8000-0000000000aa',
		lease: null,
		document: null,
		coordinates: [],
		records: [],
		keys: [],
		reason: 'FORBIDDEN',
		...changes,
	});
}

export interface Footer {
	readonly checkpoint: string;
	readonly root: { readonly checkpoint: string; readonly index: number; readonly proof: readonly string[] };
}

export class TestLog {
	readonly root: string[] = [];
	readonly trees = new Map<string, string[]>();
	readonly anchors: string[] = [];
	incarnation = 1;
	/** The key in force, and the earlier keys that must still sign. */
	key: KeyObject;
	#sequence = 0;
	#minute = 0;
	readonly #notes = new Map<string, { note: string; key: KeyObject }>();
	readonly #anchored = new Map<string, number>();
	#before: KeyObject | undefined;
	#rootKey: KeyObject;

	constructor(key: KeyObject = fixedKey(1)) {
		this.key = key;
		this.#rootKey = key;
		this.signer();
	}

	vkey(origin: string, key: KeyObject = this.key): string {
		return signerOf(origin, key).vkey;
	}

	time(): string {
		this.#minute += 1;
		return new Date(START + this.#minute * 60_000).toISOString();
	}

	signer(): void {
		this.root.push(canonical({ at: this.time(), key: this.vkey(ROOT), kind: 'signer', v: 1 }));
	}

	heartbeat(): void {
		this.root.push(canonical({ at: this.time(), kind: 'heartbeat', v: 1 }));
	}

	rotate(key: KeyObject): void {
		this.#before = this.key;
		this.key = key;
		this.signer();
	}

	restore(key: KeyObject, lost = ''): void {
		this.incarnation += 1;
		const { incarnation } = this;
		this.root.push(canonical({ at: this.time(), incarnation, kind: 'incarnation', lost, v: 1 }));
		this.rotate(key);
	}

	append(firm: string | null, count = 1): void {
		for (let made = 0; made < count; made++) {
			this.#sequence += 1;
			this.leaves(firm).push(leafOf(firm, this.#sequence));
		}
	}

	leaves(firm: string | null): string[] {
		const origin = originOf(firm);
		const leaves = this.trees.get(origin) ?? [];
		this.trees.set(origin, leaves);
		return leaves;
	}

	/** Signs the firm's tree and puts the note into the root tree. */
	publish(firm: string | null): string {
		const origin = originOf(firm);
		const last = this.#notes.get(origin);
		const isFirst = last !== undefined && last.key !== this.key && this.#before !== undefined;
		const keys = isFirst ? [this.key, this.#before as KeyObject] : [this.key];
		return this.put(firm, noteOf(origin, this.leaves(firm), ...keys));
	}

	/** Puts a note of the firm's tree into the root tree, unchecked. */
	put(firm: string | null, note: string): string {
		this.#notes.set(originOf(firm), { note, key: this.key });
		this.root.push(note);
		return note;
	}

	rootNote(...keys: readonly KeyObject[]): string {
		return noteOf(ROOT, this.root, ...(keys.length > 0 ? keys : [this.key]));
	}

	/** The bundle's footer for the firm's last checkpoint. */
	footer(firm: string | null, rootNote = this.rootNote()): Footer {
		const { note: checkpoint } = this.#notes.get(originOf(firm)) as { note: string };
		const index = this.root.lastIndexOf(checkpoint);
		const proof = inclusionProof(index, hashes(this.root)).map(base64);
		return { checkpoint, root: { checkpoint: rootNote, index, proof } };
	}

	bundle(firm: string | null): string {
		const leaves = this.leaves(firm);
		const origin = originOf(firm);
		return bundleOf({ format: 'firmseal-audit-bundle', origin, size: leaves.length, v: 1 }, leaves, this.footer(firm));
	}

	anchor(): string {
		const previous = this.anchors.at(-1);
		const header = {
			format: 'firmseal-audit-anchor',
			incarnation: this.incarnation,
			installation: INSTALLATION,
			number: this.anchors.length,
			previous: previous === undefined ? null : Buffer.from(sha256(previous)).toString('hex'),
			v: 1,
		};
		const lines = [canonical(header)];
		for (const origin of [...this.trees.keys()].sort())
			lines.push(...this.#section(origin, this.trees.get(origin) ?? []));
		lines.push(...this.#section(ROOT, this.root.map(canonical)));
		const keys = this.#rootKey === this.key ? [this.key] : [this.key, this.#rootKey];
		lines.push(canonical({ checkpoint: this.rootNote(...keys) }));
		this.#rootKey = this.key;
		const anchor = fileOf(lines);
		this.anchors.push(anchor);
		return anchor;
	}

	#section(origin: string, lines: readonly string[]): string[] {
		const from = this.#anchored.get(origin) ?? 0;
		this.#anchored.set(origin, lines.length);
		if (from === lines.length) return [];
		return [canonical({ from, origin, to: lines.length }), ...lines.slice(from)];
	}

	proofFile(firm: string | null, index: number): string {
		const leaves = this.leaves(firm);
		const proof = inclusionProof(index, hashes(leaves)).map(base64);
		const extra = Buffer.from(leaves[index] as string).toString('base64');
		const { checkpoint } = this.footer(firm);
		return ['c2sp.org/tlog-proof@v1', `extra ${extra}`, `index ${index}`, ...proof, '', checkpoint].join('\n');
	}
}

export function bundleOf(header: unknown, leaves: readonly string[], footer: unknown): string {
	return fileOf([canonical(header), ...leaves, canonical(footer)]);
}

export function fileOf(lines: readonly string[]): string {
	return lines.map((line) => `${line}\n`).join('');
}
