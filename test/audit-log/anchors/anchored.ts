import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres, { type Sql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { nameOfAnchor } from '../../../src/adapters/anchors/anchor-name.ts';
import { openObjectAnchorStore } from '../../../src/adapters/anchors/index.ts';
import { openFilesystemObjects } from '../../../src/adapters/objects-filesystem/index.ts';
import type { AnchorParts, AnchorStore } from '../../../src/audit-log/anchors/index.ts';
import { openPlane, type Plane } from '../../../src/database/index.ts';
import { guardStore } from '../../../src/documents/index.ts';
import type { TestServer } from '../../support/servers.ts';

export const INSTALLATION = 'seal.example';

/** The log's tables, as the leader of the log and as the superuser. */
export interface LogDatabase {
	readonly admin: Sql;
	readonly plane: Plane;
	anchors(): Promise<{ number: number; size: number; sha256: string }[]>;
	close(): Promise<void>;
}

export async function makeLogDatabase(server: TestServer): Promise<LogDatabase> {
	const name = `t_${uuidv7().replaceAll('-', '')}`;
	const root = postgres(server.url, { max: 1, onnotice: () => {} });
	await root`create database ${root(name)} template ${root(server.template ?? 'template1')} strategy file_copy`;
	const url = Object.assign(new URL(server.url), { pathname: `/${name}` }).href;
	const admin = postgres(url, { max: 2, onnotice: () => {} });
	const plane = openPlane({ url, role: 'firmseal_log', connections: 2 });
	return {
		admin,
		plane,
		async anchors() {
			const rows = await admin`select number, size, encode(sha256, 'hex') as sha256 from audit_anchors order by number`;
			return rows.map(({ number, size, sha256 }) => ({ number: Number(number), size: Number(size), sha256 }));
		},
		async close() {
			await plane.close();
			await admin.end();
			await root`drop database ${root(name)} with (force)`;
			await root.end();
		},
	};
}

/** A directory of anchors, through the adapter and through the file system. */
export interface Directory {
	readonly store: AnchorStore;
	readonly path: string;
	pathOf(number: number): string;
	bytesOf(number: number): Buffer;
	linesOf(number: number): string[];
	remove(): void;
}

export async function makeDirectory(path = mkdtempSync(join(tmpdir(), 'firmseal-anchors-'))): Promise<Directory> {
	const objects = guardStore(await openFilesystemObjects({ directory: path }));
	const pathOf = (number: number) => join(path, nameOfAnchor(INSTALLATION, number));
	return {
		store: openObjectAnchorStore({ objects, installation: INSTALLATION }),
		path,
		pathOf,
		bytesOf: (number) => readFileSync(pathOf(number)),
		linesOf: (number) => readFileSync(pathOf(number), 'utf8').split('\n').slice(0, -1),
		remove: () => rmSync(path, { recursive: true, force: true }),
	};
}

export const partsOf = (
	{ plane }: Pick<LogDatabase, 'plane'>,
	{ store }: Pick<Directory, 'store'>,
	more: Partial<AnchorParts> = {},
): AnchorParts => ({ plane, store, installation: INSTALLATION, signal: new AbortController().signal, ...more });

/** The leader's epoch in a database that has had no leader yet. */
export const EPOCH = 0;
