import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importJWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import type { Sql } from 'postgres';
import { type Entry, parseLeaf } from '../../src/audit/index.ts';
import type { StartOptions } from '../../src/processes/server.ts';
import { claimsOf } from '../support/claims.ts';
import type { TestApi, TestFirm } from '../support/installation.ts';
import { makeNote } from '../support/notes.ts';
import { embedded } from '../support/own-servers.ts';
import type { Person } from '../support/person.ts';
import { makePopulated, type Populated } from '../support/populated.ts';

export const CREATE =
	'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id revision title body } } }';
export const UPDATE =
	'mutation ($input: UpdateNoteInput!) { updateNote(input: $input) { note { id revision title body } } }';
export const NOTE = 'query ($id: ID!) { note(id: $id) { id revision title body } }';

/** Two firms, the platform's people and a running API, for the attacks of one file. */
export interface Scene extends Populated {
	readonly admin: Sql;
	readonly api: TestApi;
	/** Writes a note as a member of the firm, and returns its id. */
	write(content: { title?: string | null; body?: string | null; id?: string }, firm?: TestFirm): Promise<string>;
	/** The entries of the log, in the order of their writing. */
	entries(): Promise<Entry[]>;
	/** The entries of one request, by the X-Request-Id of its answer. */
	entriesOf(answer: { readonly headers: Headers }): Promise<Entry[]>;
}

export async function makeScene(
	overrides: Readonly<Record<string, string>> = {},
	options: StartOptions = {},
): Promise<Scene> {
	const populated = await makePopulated(embedded);
	const { installation, north } = populated;
	const api = await installation.serve(overrides, options);
	const { admin } = installation;
	const entries = async (part = '') => {
		const rows = await admin`
			select leaf from audit_entries where position(${part} in leaf) > 0 order by appended_at, sequence`;
		return rows.map(({ leaf }) => parseLeaf(leaf));
	};
	return {
		...populated,
		admin,
		api,
		entries: () => entries(),
		write: (content, firm = north) => makeNote(api.ask, firm.member, content),
		async entriesOf({ headers }) {
			const id = headers.get('x-request-id') as string;
			return (await entries(id)).filter(({ request }) => request === id);
		},
	};
}

/** Signs any claims with the installation's own issuer key. */
export async function forgeToken(
	directory: string,
	claims: JWTPayload,
	expires: number | string = '1h',
	header: { readonly typ: string | undefined } = { typ: 'at+jwt' },
): Promise<string> {
	const jwk = JSON.parse(readFileSync(join(directory, 'issuer', 'issuer-key.json'), 'utf8'));
	return new SignJWT(claims)
		.setProtectedHeader({ alg: 'EdDSA', ...header } as JWTHeaderParameters)
		.setExpirationTime(expires)
		.sign(await importJWK(jwk, 'EdDSA'));
}

export { claimsOf, type Person };
