import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../src/config/config.ts';
import { nodeFacts, productionRefusals } from '../../src/config/production-refusals.ts';
import { SECRET_NAMES, secretFileSettingOf, settingNames } from '../../src/config/settings.ts';
import { files, read } from '../house/tree.ts';

interface Service {
	readonly image: string;
	readonly pull_policy?: string;
	readonly build?: { readonly args: Readonly<Record<string, string>> };
	readonly command?: readonly string[];
	readonly environment: Readonly<Record<string, string>>;
	readonly read_only?: boolean;
	readonly volumes?: readonly string[];
	readonly cap_drop?: readonly string[];
	readonly security_opt?: readonly string[];
	readonly healthcheck?: { readonly disable?: boolean };
	readonly secrets: readonly (string | { readonly source: string })[];
	readonly profiles?: readonly string[];
}

const { services, secrets } = parse(read('deploy/compose.yaml'), { merge: true }) as {
	readonly services: Readonly<Record<string, Service>>;
	readonly secrets: Readonly<Record<string, unknown>>;
};
const { database, ...processes } = services as typeof services & { readonly database: Service };

/** In the order of the columns of docs/how-to/deploy.md, "What each process is told". */
const COLUMNS = ['firm', 'operator', 'broker', 'worker', 'setup'] as const;

/** The cell for each setting and process: empty, `-` if the process must not have it, or its value. */
function tableOfSettings(): (readonly [name: string, cells: readonly string[]])[] {
	const section = read('docs/how-to/deploy.md')
		.split(/^## /m)
		.find((part) => part.startsWith('What each process is told\n'));
	const rows = (section ?? '').split('\n').filter((line) => line.startsWith('| ') && line.includes('`'));
	return rows.flatMap((row) => {
		const [, first = '', ...cells] = row.split('|').map((cell) => cell.trim());
		return [...first.matchAll(/`([A-Z][A-Z_0-9]+)(?:=[^`]*)?`/g)].map(([, name = '']) => [name, cells] as const);
	});
}

const settingsTable = (): ReadonlyMap<string, readonly string[]> => new Map(tableOfSettings());

describe('deploy/compose.yaml', () => {
	it('contains the processes of the table, and a database', () => {
		expect(Object.keys(processes)).toEqual([...COLUMNS]);
		expect(database.image).toContain('postgres');
	});

	it('can be compared with the table, which names every setting that an installation chooses', () => {
		const ofPeople = ['FIRMSEAL_TOKEN', 'FIRMSEAL_URL', 'FIRMSEAL_LOG_LEVEL', 'FIRMSEAL_PLANE', 'FIRMSEAL_ENV'];
		// These settings only turn off something that production requires.
		const ofDevelopers = ['FIRMSEAL_OPERATOR_PROOF'];
		const names = tableOfSettings().map(([name]) => name);
		expect(names.filter((name, index) => names.indexOf(name) < index)).toEqual([]);
		expect([...names, ...ofPeople, ...ofDevelopers]).toEqual(expect.arrayContaining([...settingNames]));
	});

	it('names settings of this version only', () => {
		const known = new Set<string>([
			...settingNames,
			...SECRET_NAMES.map(secretFileSettingOf),
			'AWS_SHARED_CREDENTIALS_FILE',
		]);
		const unknown = Object.entries(processes).flatMap(([service, { environment }]) =>
			Object.keys(environment)
				.filter((name) => !known.has(name))
				.map((name) => `${service}: ${name}`),
		);
		expect(unknown).toEqual([]);
	});

	it.each(COLUMNS)('gives %s the settings of docs/how-to/deploy.md, and no others', (service) => {
		const column = COLUMNS.indexOf(service);
		const wrong = Object.keys(processes[service]?.environment ?? {}).filter((name) => {
			const cell = settingsTable().get(settingOf(name))?.[column];
			return cell === undefined || !isPassed(cell);
		});
		expect(wrong).toEqual([]);
	});

	it('gives no process another’s sign-in, credentials or secret, and passes each by a file', () => {
		const secretsOf = (service: string) => {
			const environment = Object.entries(processes[service]?.environment ?? {});
			expect(environment.filter(([name]) => (SECRET_NAMES as readonly string[]).includes(name))).toEqual([]);
			return Object.fromEntries(
				environment
					.filter(([name]) => SECRET_NAMES.map(secretFileSettingOf).includes(name))
					.map(([name, path]) => [settingOf(name), path.replace('/run/secrets/', '')]),
			);
		};
		const all = {
			firm: { DATABASE_URL: 'firm-database-url' },
			operator: { FIRMSEAL_OPERATOR_DATABASE_URL: 'operator-database-url' },
			// Each process has its own login, and so its own file.
			broker: {
				FIRMSEAL_BROKER_DATABASE_URL: 'broker-database-url',
				FIRMSEAL_DIRECT_DATABASE_URL: 'broker-direct-database-url',
			},
			worker: {
				FIRMSEAL_WORKER_DATABASE_URL: 'worker-database-url',
				FIRMSEAL_DIRECT_DATABASE_URL: 'worker-direct-database-url',
				FIRMSEAL_WEBHOOK_URL: 'webhook-url',
				FIRMSEAL_WEBHOOK_SECRET: 'webhook-secret',
			},
			setup: {
				DATABASE_URL: 'firm-database-url',
				FIRMSEAL_OPERATOR_DATABASE_URL: 'operator-database-url',
				FIRMSEAL_BROKER_DATABASE_URL: 'broker-database-url',
				FIRMSEAL_WORKER_DATABASE_URL: 'worker-database-url',
				FIRMSEAL_DIRECT_DATABASE_URL: 'worker-direct-database-url',
				FIRMSEAL_ADMIN_DATABASE_URL: 'admin-database-url',
			},
		};
		for (const service of COLUMNS) {
			expect(secretsOf(service)).toEqual(all[service]);
			const held = (processes[service]?.secrets ?? []).map((each) => (typeof each === 'string' ? each : each.source));
			expect(held).toEqual(['database-authority', `aws-${service}`, ...Object.values(all[service])]);
			expect(Object.keys(secrets)).toEqual(expect.arrayContaining(held));
		}
	});

	it('requires exactly the variables that env.example lists, and leaves the digest of Node to the build', () => {
		const required = [...read('deploy/compose.yaml').matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name);
		const listed = [...read('deploy/env.example').matchAll(/^(\w+)=$/gm)].map(([, name]) => name);
		expect(new Set(listed)).toEqual(new Set([...required, 'NODE_DIGEST']));
	});

	it('requires images by digest: a tag in its place is not a valid reference', () => {
		// https://github.com/distribution/reference/blob/main/reference.go
		const REFERENCE = /^[a-z0-9]+(?:[._/-][a-z0-9]+)*(?::\w[\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*:[0-9a-fA-F]{32,})?$/;
		const ofDigest = (digest: string) =>
			database.image.replace(/^.*@\$\{POSTGRES_DIGEST:\?[^}]*\}$/, `postgres@${digest}`);
		expect(ofDigest(`sha256:${'ab'.repeat(32)}`)).toMatch(REFERENCE);
		for (const tag of ['18', 'latest', '', 'sha256:18']) expect(ofDigest(tag)).not.toMatch(REFERENCE);
	});

	it('builds its own image from a digest, and never pulls one of that name', () => {
		for (const [service, { image, pull_policy, build }] of Object.entries(processes))
			expect([service, image, pull_policy, build?.args]).toEqual([
				service,
				'firmseal',
				'never',
				{ NODE_DIGEST: `\${NODE_DIGEST:-}` },
			]);
	});

	it.each(['firm', 'operator', 'broker', 'worker'] as const)('lets %s start in production', (service) => {
		const kind = service === 'firm' || service === 'operator' ? 'api' : service;
		const env = Object.fromEntries(
			Object.entries(processes[service]?.environment ?? {}).map(([name, value]) => [
				settingOf(name),
				filled(settingOf(name), value),
			]),
		);
		const config = readConfig({ ...env, NODE_OPTIONS: '--disable-sigusr1' });
		const facts = { roles: [{ isOwner: false, isSuperuser: false }], introspection: false };
		const refusals = productionRefusals(config, { ...facts, ...nodeFacts(config, []) }, kind);
		expect(config.env).toBe('production');
		expect(refusals).toEqual([]);
	});

	it('gives a place to write to those that keep the signed head of the log, and to no other', () => {
		for (const [service, { environment, volumes }] of Object.entries(processes)) {
			const keeps = service === 'worker' || service === 'setup';
			expect([service, environment.FIRMSEAL_DATA_DIR, volumes]).toEqual(
				keeps ? [service, '/data', ['data:/data']] : [service, undefined, undefined],
			);
		}
	});

	it('gives no process privileges on the machine', () => {
		for (const [service, { read_only, cap_drop, security_opt }] of Object.entries(processes))
			expect([service, read_only, cap_drop, security_opt]).toEqual([
				service,
				true,
				['ALL'],
				['no-new-privileges:true'],
			]);
	});

	it('checks the health of services with a port, and runs init and doctor only on request', () => {
		const unasked = Object.entries(processes).filter(([, { healthcheck }]) => healthcheck?.disable);
		expect(unasked.map(([service]) => service)).toEqual(['broker', 'worker', 'setup']);
		expect(
			Object.entries(processes)
				.filter(([, { profiles }]) => profiles)
				.map(([service]) => service),
		).toEqual(['setup']);
	});

	it('runs commands that exist', () => {
		const commands = files('src/cli/commands').map((path) => path.replace(/^.*\/(.*)\.ts$/, '$1'));
		for (const { command } of Object.values(processes)) expect(commands).toContain(command?.[0]);
	});
});

/** The setting's name, without the suffix _FILE. */
const settingOf = (name: string): string => SECRET_NAMES.find((secret) => name === secretFileSettingOf(secret)) ?? name;

/** Whether a cell says yes, a value, or a command. */
const isPassed = (cell: string) => cell !== '**no**' && cell !== '-' && cell !== '';

/** Fills in ${NAME:?} and ${NAME:-} with an example. */
function filled(name: string, value: string): string {
	if (value.endsWith('-direct-database-url') || name.startsWith('FIRMSEAL_WEBHOOK_')) return '';
	if (!value.startsWith('${') && !value.startsWith('/run/secrets/')) return value;
	if (value.endsWith(':-}')) return '';
	if (name.endsWith('DATABASE_URL')) return 'postgres://u:p@database/firmseal?sslmode=verify-full';
	if (name.startsWith('FIRMSEAL_KMS_ROLE_')) return 'arn:aws:iam::111122223333:role/firmseal-broker';
	if (name === 'FIRMSEAL_JWT_CLIENTS') return 'workspace';
	if (name === 'AWS_REGION') return 'eu-central-1';
	if (name === 'FIRMSEAL_S3_BUCKET') return 'firmseal-objects';
	if (name === 'FIRMSEAL_ANCHOR_BUCKET') return 'firmseal-anchors';
	if (name === 'FIRMSEAL_INSTALLATION') return 'seal.example';
	return 'https://id.example';
}
