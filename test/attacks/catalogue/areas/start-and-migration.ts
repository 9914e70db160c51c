import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { createDjangoCipher, type DjangoKey } from '../../../../src/adapters/fernet/index.ts';
import { createLogger } from '../../../../src/api/index.ts';
import { readConfig } from '../../../../src/config/config.ts';
import { nodeFacts, productionRefusals } from '../../../../src/config/production-refusals.ts';
import { type ContentField, createPlaintextCodec } from '../../../../src/content/index.ts';
import { openPlane } from '../../../../src/database/index.ts';
import { assertNoDrift } from '../../../../src/processes/start-checks.ts';
import { LOGINS } from '../../../support/installation.ts';
import { firmsealJson } from '../../../system/program.ts';
import type { Area } from '../attack.ts';

/** The refusals about Node options and the environment. Other refusals are filtered out, since a plane's settings are missing. */
function refusalsOf(options: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): string[] {
	const config = readConfig({
		...env,
		FIRMSEAL_ENV: 'production',
		NODE_OPTIONS: `--disable-sigusr1 ${options}`,
	});
	const facts = { roles: [], introspection: false, ...nodeFacts(config, args) };
	return productionRefusals(config, facts, 'api').filter((sentence) => /Node option|in its environment/.test(sentence));
}

/** Options with which a signal, a crash or a debugger exposes the memory or the settings of a process. */
const LEAKING = [
	'--heapsnapshot-signal=SIGUSR2',
	'--report-on-signal',
	'--heapsnapshot-near-heap-limit=1',
	'--abort-on-uncaught-exception',
	'--inspect=0',
];

/** Variables that make Node, or its OpenSSL, load code from a given path. */
const LOADING = ['OPENSSL_CONF', 'OPENSSL_MODULES', 'OPENSSL_ENGINES', 'NODE_PATH', 'NODE_COMPILE_CACHE'];

/** Defaults that would let the operator’s login read content or shadow tables, if they had an effect. */
const DEFAULTS = { role: 'firmseal_break_glass', search_path: 'evil, pg_catalog', row_security: 'off' } as const;

const { keys, refused } = JSON.parse(readFileSync('test/vectors/django-v1.json', 'utf8')) as {
	readonly keys: readonly DjangoKey[];
	readonly refused: readonly { readonly stored: string }[];
};
const FIELD: ContentField = {
	coordinate: 'Note.body',
	class: 'NOTE',
	table: 'notes',
	column: 'body',
	valueType: 'JSON',
	pad: 0,
	movedFrom: 'django-cryptography',
};

export const startAndMigration: Area = {
	title: 'Start-up of a process, and migrated values',
	attacks: [
		{
			attack:
				'A production process starts with a Node option that exposes its memory by a signal, a crash or a debugger, in NODE_OPTIONS and on the command line',
			expected: 'The process does not start, and names each option',
			layer: 'start',
			async run() {
				const refusals = LEAKING.flatMap((option) => [refusalsOf(option), refusalsOf('', [option])]);
				// An open debugger has a refusal of its own, which the filter of refusalsOf() drops.
				for (const each of refusals) expect(each).toHaveLength(1);
				expect(refusalsOf('')).toEqual([]);
				return { refusals: refusals.flat() };
			},
		},
		{
			attack: 'A production command, which has the worker’s keys, runs with such an option',
			expected: 'The command stops before it opens the database or a keyring, and names each option',
			layer: 'start',
			async run({ installation }) {
				const refusals: string[] = [];
				for (const option of LEAKING) {
					const env = { ...installation.env, FIRMSEAL_ENV: 'production', NODE_OPTIONS: option };
					const { error } = await firmsealJson(env, 'firm', 'list');
					// The test's own Node options are reported too.
					const [name = ''] = option.split('=');
					const told = error.message.split('\n').filter((line: string) => line.includes(` ${name},`));
					expect(told).toHaveLength(1);
					refusals.push(...told);
				}
				return { refusals };
			},
		},
		{
			attack: 'A production process starts with an environment variable that makes Node or OpenSSL load other code',
			expected: 'The process does not start, and names each variable',
			layer: 'start',
			async run() {
				const refusals = LOADING.map((name) => refusalsOf('', [], { [name]: '/tmp/elsewhere' }));
				for (const each of refusals) expect(each).toHaveLength(1);
				return { refusals: refusals.flat() };
			},
		},
		{
			attack:
				'The operator’s login sets its own PostgreSQL defaults: the break-glass role, a search path with other tables, row policies off',
			expected: 'Each transaction overrides them, and with them the plane does not start in production',
			layer: 'start',
			async run({ admin, installation }) {
				const login = `${LOGINS.operator} in database ${installation.name}`;
				const sql = installation.signIn('operator');
				for (const [name, value] of Object.entries(DEFAULTS))
					await sql.unsafe(`alter role ${login} set ${name} = ${value}`);
				const url = installation.env.FIRMSEAL_OPERATOR_DATABASE_URL as string;
				const plane = openPlane({ url, role: 'firmseal_operator', connections: 1 });
				try {
					const { rows } = await plane.read(null, (tx) =>
						tx.execute(
							`select name, current_setting(name) as value from unnest('{${Object.keys(DEFAULTS)}}'::text[]) name`,
						),
					);
					expect(rows.map(({ value }) => value)).toEqual(['firmseal_operator', 'public, pg_temp', 'on']);
					await expect(plane.read(null, (tx) => tx.execute('select title from notes'))).rejects.toMatchObject({
						code: '42501',
					});
					const config = readConfig({ ...installation.env, FIRMSEAL_ENV: 'production' });
					const refusal = await assertNoDrift(config, plane, createLogger({ level: 'fatal' })).then(
						() => 'started',
						({ message }: Error) => message,
					);
					for (const name of Object.keys(DEFAULTS))
						expect(refusal).toContain(`${LOGINS.operator} begins with ${name} `);
					// The stage itself lacks other locks, which are reported too.
					return { refusals: refusal.split('\n').filter((line) => line.includes(' begins with ')) };
				} finally {
					await plane.close();
					await admin.unsafe(`alter role ${login} reset all`);
				}
			},
		},
		{
			attack:
				'A column migrated from django-cryptography holds pickles that import, call, extend or refer to code, under the correct key',
			expected: 'CIPHERTEXT_INVALID: the reader parses the opcodes of a pickle, and never executes them',
			layer: 'migrated value',
			async run() {
				const plain = createPlaintextCodec({ fernet: null, django: createDjangoCipher(keys) });
				const refusals = refused.map(({ stored }) => {
					try {
						return `opened: ${plain.decode(FIELD, Buffer.from(stored, 'hex'))}`;
					} catch (error) {
						return `${(error as { code?: string }).code}: ${(error as Error).message}`;
					}
				});
				expect(refusals.length).toBeGreaterThan(10);
				return { refusals };
			},
		},
	],
};
