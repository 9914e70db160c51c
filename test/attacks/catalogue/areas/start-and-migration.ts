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

/** In production, without a plane's settings: what else is refused is said beside. */
function refusalsOf(options: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): string[] {
	const config = readConfig({
		...env,
		FIRMSEAL_ENV: 'production',
		NODE_OPTIONS: `--disable-sigusr1 ${options}`,
	});
	const facts = { roles: [], introspection: false, ...nodeFacts(config, args) };
	return productionRefusals(config, facts, 'api').filter((sentence) => /Node option|in its environment/.test(sentence));
}

/** Options by which a signal, or the end of a process, leaves its memory or its settings in a file. */
const LEAKING = [
	'--heapsnapshot-signal=SIGUSR2',
	'--report-on-signal',
	'--heapsnapshot-near-heap-limit=1',
	'--abort-on-uncaught-exception',
	'--inspect=0',
];

/** By which Node, or the OpenSSL in it, takes code from a place that is named. */
const LOADING = ['OPENSSL_CONF', 'OPENSSL_MODULES', 'OPENSSL_ENGINES', 'NODE_PATH', 'NODE_COMPILE_CACHE'];

/** Defaults by which the operator’s login would read content, or find other tables, had they an effect. */
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
	title: 'What a process is started with, and what is moved into it',
	attacks: [
		{
			attack:
				'A process of production is started so that a signal, a crash or a debugger gives its memory away, by NODE_OPTIONS and on the command line',
			expected: 'A sentence for each option, and no process',
			layer: 'start',
			async run() {
				const refusals = LEAKING.flatMap((option) => [refusalsOf(option), refusalsOf('', [option])]);
				// One of each is of the option; a debugger's is told as well by what is open.
				for (const each of refusals) expect(each).toHaveLength(1);
				expect(refusalsOf('')).toEqual([]);
				return { refusals: refusals.flat() };
			},
		},
		{
			attack:
				'A command of production, which has the worker’s keys while it runs, is typed so that a signal, a crash or a debugger gives its memory away',
			expected: 'A sentence for each option, before the database or a keyring is opened',
			layer: 'start',
			async run({ installation }) {
				const refusals: string[] = [];
				for (const option of LEAKING) {
					const env = { ...installation.env, FIRMSEAL_ENV: 'production', NODE_OPTIONS: option };
					const { error } = await firmsealJson(env, 'firm', 'list');
					// What this Node was started with is told beside.
					const [name = ''] = option.split('=');
					const told = error.message.split('\n').filter((line: string) => line.includes(` ${name},`));
					expect(told).toHaveLength(1);
					refusals.push(...told);
				}
				return { refusals };
			},
		},
		{
			attack:
				'A process of production is started in an environment by which Node, or the OpenSSL in it, loads code from elsewhere',
			expected: 'A sentence for each variable, and no process',
			layer: 'start',
			async run() {
				const refusals = LOADING.map((name) => refusalsOf('', [], { [name]: '/tmp/elsewhere' }));
				for (const each of refusals) expect(each).toHaveLength(1);
				return { refusals: refusals.flat() };
			},
		},
		{
			attack:
				'The operator’s login sets defaults for itself, as PostgreSQL lets each: the role that reads under a lease, other tables in front, row policies off',
			expected:
				'Each transaction sets its own, so they decide nothing; and with them its plane does not start in production',
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
					// What the stage itself has taken away is told beside.
					return { refusals: refusal.split('\n').filter((line) => line.includes(' begins with ')) };
				} finally {
					await plane.close();
					await admin.unsafe(`alter role ${login} reset all`);
				}
			},
		},
		{
			attack:
				'A column that is moved here from django-cryptography holds pickles that import, call, extend or refer to something, under the right key',
			expected: 'CIPHERTEXT_INVALID: what a pickle does is read by its opcodes, and never carried out',
			layer: 'moved value',
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
