import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApolloServer } from '@apollo/server';
import { makeExecutableSchema } from '@graphql-tools/schema';
import { drizzle } from 'drizzle-orm/node-postgres';
import { pgTable, uuid } from 'drizzle-orm/pg-core';
import type { GraphQLSchema } from 'graphql';
import pg from 'pg';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../../../src/config/config.ts';
import { productionRefusals } from '../../../../src/config/production-refusals.ts';
import { firmTagChecks, sealed } from '../../../../src/database/sealed.ts';
import { type Adoption, adopt, openKeyringIn } from '../../../../src/wiring/library/index.ts';
import type { Area } from '../attack.ts';

const { createYoga } = createRequire(import.meta.url)('graphql-yoga') as { createYoga: (options: object) => unknown };

const columns = { id: uuid('id').primaryKey(), teamId: uuid('team_id').notNull(), title: sealed('title') };
const cards = pgTable('cards', columns, (t) => firmTagChecks('cards', t, t.teamId));
const SDL = /* GraphQL */ `
	type Query {
		cards: [Card!]!
	}
	type Card implements TeamOwned {
		id: ID! @metadata
		teamId: ID! @metadata
		title: String @encrypted(class: NOTE)
	}
`;

/** Starts a server with a schema, with or without the response gate. */
const STARTS: readonly ((schema: GraphQLSchema, adoption: Adoption<object> | null) => Promise<unknown>)[] = [
	async (schema, gate) => new ApolloServer({ schema, plugins: gate ? [gate.plugin] : [] }).start(),
	async (schema, gate) => createYoga({ schema, plugins: gate ? [gate.envelopPlugin] : [], logging: false }),
];

/** The errors of servers that start without the response gate or without the transformer. */
async function startWithout(missing: 'gate' | 'transformer'): Promise<string[]> {
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-forgotten-'));
	try {
		const keyring = await openKeyringIn(directory);
		const refusals: string[] = [];
		for (const start of STARTS) {
			// The pool opens no connection before a server has started.
			const database = drizzle(new pg.Pool());
			const adoption = adopt<object>({
				database,
				keyring,
				tables: { Card: cards },
				ownership: { interface: 'TeamOwned', id: 'teamId' },
				callerOf: () => null,
			});
			const bare = makeExecutableSchema({ typeDefs: [adoption.typeDefs, SDL] });
			refusals.push(
				await (missing === 'gate' ? start(adoption.transformer(bare), null) : start(bare, adoption)).then(
					() => 'started',
					({ message }: Error) => message,
				),
			);
		}
		return refusals;
	} finally {
		rmSync(directory, { recursive: true, force: true });
	}
}

/** The digest at the end of an image reference, by Docker's grammar: github.com/distribution/reference, `digest`. */
const DIGEST = /@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const VALID_DIGEST = `sha256:${'0'.repeat(64)}`;

/** The references of the images in the Dockerfile and compose.yaml, with `digest` as each digest. */
function referencesWith(digest: string): string[] {
	const dockerfile = readFileSync('deploy/Dockerfile', 'utf8').matchAll(/^FROM (\S+)/gm);
	const compose = readFileSync('deploy/compose.yaml', 'utf8').matchAll(/^\s+image: (\S+\$.*)$/gm);
	return [...dockerfile, ...compose].map(([, reference = '']) =>
		reference
			.replace(/\$\{\w+_DIGEST(?::\?[^}]*)?\}/, digest)
			.replace(/\$\{(\w+)_IMAGE(?::-\w+)?\}/, (_, name: string) => name.toLowerCase()),
	);
}

interface Service {
	readonly environment: Readonly<Record<string, string>>;
	readonly secrets: readonly (string | { readonly source: string })[];
}
const KINDS = { firm: 'api', operator: 'api', broker: 'broker', worker: 'worker' } as const;

/** The start-up refusals of each process that gets the file with another process's database sign-in. */
function startWithOthers(): string[] {
	const { services } = parse(readFileSync('deploy/compose.yaml', 'utf8'), { merge: true }) as {
		readonly services: Readonly<Record<string, Service>>;
	};
	const signInsOf = (process: string) =>
		Object.entries(services[process]?.environment ?? {}).filter(([name]) => name.endsWith('DATABASE_URL_FILE'));
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-secrets-'));
	try {
		const file = join(directory, 'url');
		writeFileSync(file, 'postgres://u:hunter2@localhost/x', { mode: 0o600 });
		return Object.entries(KINDS).flatMap(([process, kind]) => {
			const { secrets = [], environment = {} } = services[process] ?? {};
			const own = signInsOf(process);
			const others = Object.keys(KINDS).flatMap((other) => (other === process ? [] : signInsOf(other)));
			return others
				.filter(([name]) => !own.some(([known]) => known === name))
				.flatMap(([name, path]) => {
					expect(secrets).not.toContain(path.replace('/run/secrets/', ''));
					const told = Object.fromEntries([...own, [name, path]].map(([each]) => [each, file]));
					const plane = environment.FIRMSEAL_PLANE ?? '';
					const config = readConfig({ FIRMSEAL_ENV: 'production', FIRMSEAL_PLANE: plane, ...told });
					const facts = { roles: [], introspection: false, inspect: false, options: [] };
					return productionRefusals(config, facts, kind).filter((sentence) => sentence.includes('of another process'));
				});
		});
	} finally {
		rmSync(directory, { recursive: true, force: true });
	}
}

export const misassembledServers: Area = {
	title: 'A server or image that is assembled wrong',
	attacks: [
		{
			attack: 'An API on Apollo Server or GraphQL Yoga without the response gate',
			expected: 'It does not start, and says what to add',
			layer: 'start',
			run: async () => ({ refusals: await startWithout('gate') }),
		},
		{
			attack: 'The same with a schema that did not go through the transformer, so that no resolver checks the reader',
			expected: 'It does not start, and says which schema to give it',
			layer: 'start',
			run: async () => ({ refusals: await startWithout('transformer') }),
		},
		{
			attack: 'An image is pulled by its tag, which may change: a tag or nothing in place of the digest',
			expected: 'The reference is invalid by Docker’s grammar, so nothing is pulled',
			layer: 'start',
			async run() {
				for (const reference of referencesWith(VALID_DIGEST)) expect(reference).toMatch(DIGEST);
				const references = ['', 'latest', '24-slim', ':24-slim', 'sha256:', 'sha256:latest'].flatMap(referencesWith);
				return { refusals: references.map((each) => `${each} is ${DIGEST.test(each) ? 'a' : 'no'} reference.`) };
			},
		},
		{
			attack: 'A process of compose.yaml is given the file with another process’s database sign-in',
			expected: 'Its container has no such file; with the file, the process does not start, and names the setting',
			layer: 'start',
			run: async () => ({ refusals: startWithOthers() }),
		},
	],
};
