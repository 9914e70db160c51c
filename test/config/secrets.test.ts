import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { childEnvironment, readConfig } from '../../src/config/config.ts';
import { Secret } from '../../src/config/secret.ts';
import { SECRET_NAMES, type Settings, settingNames, settingsSchema } from '../../src/config/settings.ts';
import { problemsOf } from '../support/setting-problems.ts';

describe('secret settings', () => {
	it('are never printed, however the settings are printed', () => {
		const marker = 'hunter2'.padEnd(64, '0');
		const config = readConfig({
			DATABASE_URL: `postgres://u:${marker}@127.0.0.1/x`,
			FIRMSEAL_TOKEN: marker,
			FIRMSEAL_ROOT_KEY: 'ab'.repeat(32),
			FIRMSEAL_WEBHOOK_URL: `https://hooks.example/${marker}`,
			FIRMSEAL_WEBHOOK_SECRET: marker,
		});
		const printed = [
			JSON.stringify(config),
			inspect(config, { depth: 9, showHidden: true }),
			`${config.client.token}`,
			String(config.database.firm),
		].join('\n');
		expect(printed).not.toContain('hunter2');
		expect(printed).not.toMatch(/ab(?:, | )?ab|171, ?171/);
		expect(printed).toContain('[secret]');
	});
});
describe('a secret in a file', () => {
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-secrets-'));
	afterAll(() => rmSync(directory, { recursive: true }));
	const fileOf = (text: string | Uint8Array) => {
		const path = join(directory, randomUUID());
		writeFileSync(path, text);
		return path;
	};
	/** The settings as JSON, with their secrets. */
	const exposed = (config: object): unknown =>
		JSON.stringify(config, function (this: Record<string, unknown>, name, value) {
			const whole = this[name];
			return whole instanceof Secret ? whole.expose() : value;
		});
	const VALUES: Readonly<Record<string, string>> = {
		FIRMSEAL_FERNET_KEYS: 'hkdf:hunter2',
		FIRMSEAL_DJANGO_KEYS: '[{"secretKey":"hunter2"}]',
		FIRMSEAL_WEBHOOK_URL: 'https://hooks.example/in?token=hunter2',
		FIRMSEAL_WEBHOOK_SECRET: 'hunter2'.repeat(5),
		FIRMSEAL_TOKEN: 'a.b.hunter2',
		...Object.fromEntries(
			settingNames
				.filter((name) => name.endsWith('DATABASE_URL'))
				.map((name) => [name, 'postgres://u:hunter2@127.0.0.1/x']),
		),
	};
	/** The settings of each keyring, including secrets. Those of two keyrings conflict. */
	const OF_KEYRINGS: Readonly<Record<Settings['FIRMSEAL_KEYRING'], Readonly<Record<string, string>>>> = {
		local: { FIRMSEAL_ROOT_KEY: 'ab'.repeat(32) },
		'aws-kms': { AWS_REGION: 'eu-central-1' },
	};
	const EACH_KEYRING = Object.entries(OF_KEYRINGS).map(([kind, own]) => ({
		...VALUES,
		FIRMSEAL_KEYRING: kind,
		...own,
	}));
	const isSecret = (name: string) => (SECRET_NAMES as readonly string[]).includes(name);

	it('is read like the setting itself, without the line ending', () => {
		for (const values of EACH_KEYRING)
			for (const end of ['', '\n', '\r\n']) {
				const files = Object.entries(values).map(([name, value]) =>
					isSecret(name) ? [`${name}_FILE`, fileOf(`${value}${end}`)] : [name, value],
				);
				expect(exposed(readConfig(Object.fromEntries(files)))).toEqual(exposed(readConfig(values)));
			}
		const spaced = readConfig({ FIRMSEAL_TOKEN_FILE: fileOf(' a b \n\n') });
		expect(spaced.client.token?.expose()).toBe(' a b \n');
	});

	it('can hold any secret setting, and no other', () => {
		const settings = EACH_KEYRING.flatMap((values) => Object.entries(settingsSchema.parse(values)));
		const secret = settings.filter(([, value]) => value instanceof Secret);
		expect([...new Set(secret.map(([name]) => name))].sort()).toEqual([...SECRET_NAMES].sort());
		expect(problemsOf({ FIRMSEAL_PORT_FILE: fileOf('80') })).toEqual([
			expect.stringMatching(/^FIRMSEAL_PORT_FILE is not a setting of this version/),
		]);
		expect(problemsOf({ FIRMSEAL_ROOTKEY_FILE: 'x' })).toEqual([
			'FIRMSEAL_ROOTKEY_FILE is not a setting of this version: did you mean FIRMSEAL_ROOT_KEY_FILE?',
		]);
	});

	it('counts as unset if it is empty, and otherwise satisfies the requirement of a command', () => {
		expect(readConfig({ DATABASE_URL_FILE: fileOf('\n'), FIRMSEAL_TOKEN_FILE: '' })).toEqual(readConfig({}));
		const DATABASE_URL_FILE = fileOf(VALUES.DATABASE_URL ?? '');
		expect(problemsOf({ DATABASE_URL_FILE }, { required: ['DATABASE_URL'] })).toEqual([]);
		expect(problemsOf({ DATABASE_URL_FILE: fileOf('') }, { required: ['DATABASE_URL'] })).toEqual([
			'DATABASE_URL is not set: this command needs it.',
		]);
	});

	it.each<[string, () => string, RegExp]>([
		['that does not exist', () => join(directory, 'none'), /a file that cannot be read \(ENOENT\): check the path/],
		['that is a directory', () => directory, /a file that is not a regular file: name a regular file\.$/],
		['that never ends', () => '/dev/zero', /a file that is not a regular file/],
		['that is too long', () => fileOf('x'.repeat(64 * 1024 + 1)), /a file that is longer than 65536 bytes/],
		['that is not text', () => fileOf(Uint8Array.of(0xff, 0xfe)), /a file that is not UTF-8 text/],
		['whose name has a NUL', () => 'a\0b', /a file that cannot be read \(ERR_INVALID_ARG_VALUE\)/],
	])('%s is reported without its path', (_, path, why) => {
		const named = path();
		const [problem, ...others] = problemsOf({ FIRMSEAL_TOKEN_FILE: named });
		expect([problem, others]).toEqual([expect.stringMatching(why), []]);
		expect(problem).toMatch(/^FIRMSEAL_TOKEN_FILE names a file [^\n]+\.$/);
		expect(problem).not.toContain(named);
	});

	it('is refused together with the setting itself, and its errors name the setting', () => {
		expect(problemsOf({ FIRMSEAL_TOKEN: 'x', FIRMSEAL_TOKEN_FILE: fileOf('x') })).toEqual([
			'FIRMSEAL_TOKEN and FIRMSEAL_TOKEN_FILE are both set: set one of them.',
		]);
		const [problem] = problemsOf({ FIRMSEAL_ROOT_KEY_FILE: fileOf('hunter2') });
		expect(problem).toMatch(/^FIRMSEAL_ROOT_KEY must be 32 bytes/);
		expect(problem).not.toContain('hunter2');
	});

	it('is not passed to a child process that does not share it or has its own', () => {
		vi.stubEnv('DATABASE_URL_FILE', fileOf('x'));
		vi.stubEnv('FIRMSEAL_ROOT_KEY_FILE', fileOf('x'));
		vi.stubEnv('FIRMSEAL_DJANGO_KEYS', 'x');
		const env = childEnvironment({ DATABASE_URL: null, FIRMSEAL_TOKEN: 'x' }, ['FIRMSEAL_ROOT_KEY']);
		vi.unstubAllEnvs();
		expect([env.DATABASE_URL_FILE, env.FIRMSEAL_DJANGO_KEYS, env.FIRMSEAL_TOKEN]).toEqual([undefined, undefined, 'x']);
		expect(env.FIRMSEAL_ROOT_KEY_FILE).toEqual(expect.any(String));
	});
});
