import { describe, expect, it } from 'vitest';
import { explain, withoutOwnAdvice } from '../../src/cli/print/explain.ts';
import { readConfig } from '../../src/config/config.ts';
import { withoutParameters } from '../../src/database/database-error.ts';
import { ERROR_EXPLANATIONS, explainErrorCode, explainFileErrorCode } from '../../src/errors.ts';
import { sentencesOf } from '../../tools/promises/sentences.ts';
import { files, read } from './tree.ts';

const COMMANDS = [...read('src/cli/run-command.ts').matchAll(/^\t([a-z]+): async/gm)].map(([, name = '']) => name);
/** With `npm start`, which runs two of these commands. */
const ALL = [...COMMANDS, 'start'];

describe('the advice in an error of a command', () => {
	const hints = files('src')
		.filter((path) => path.endsWith('.ts') && read(path).includes('firmseal '))
		.flatMap(sentencesOf)
		.filter((sentence) => /\bfirmseal [a-z]/.test(sentence));

	it('names commands in many sentences of the program', () => {
		expect(hints.length).toBeGreaterThan(30);
		expect(hints).toContain('The database is not prepared for this version of Firmseal: run `firmseal init`.');
	});

	it('never names the failed command itself, and still says what to do', () => {
		for (const hint of hints)
			for (const command of ALL) {
				const advice = withoutOwnAdvice(hint, command);
				expect(advice).not.toMatch(new RegExp(`\\bfirmseal ${command}(?![\\w-])`));
				if (command === 'start') expect(advice).not.toMatch(/\bfirmseal (?:init|demo)\b/);
				if (advice !== hint) expect(advice).toMatch(/[^:,\s](?:[.]|[.] …)$/);
			}
	});

	it.each([
		['broker', 'FIRMSEAL_BROKER_DATABASE_URL to the login made for it'],
		['worker', 'FIRMSEAL_WORKER_DATABASE_URL to the login made for it'],
		[
			'start',
			'FIRMSEAL_OPERATOR_DATABASE_URL, FIRMSEAL_WORKER_DATABASE_URL, and FIRMSEAL_BROKER_DATABASE_URL to the logins made for them',
		],
		['firm list', 'FIRMSEAL_OPERATOR_DATABASE_URL and FIRMSEAL_WORKER_DATABASE_URL to the logins made for them'],
	])('names for %s the settings of the logins that it uses', async (name, settings) => {
		const url = 'postgres://firmseal_firm_login@127.0.0.1/firmseal';
		const admin = { FIRMSEAL_ADMIN_DATABASE_URL: 'postgres://postgres@127.0.0.1/firmseal' };
		const refused = () => Promise.reject(Object.assign(new Error(), { code: '42501' }));
		const error = await withoutParameters(refused, url).catch((error: unknown) => error);
		const config = readConfig({ DATABASE_URL: url, ...admin });
		expect(explain(error, { name, config })).toContain(`, or set ${settings}.`);
	});

	it('keeps any other advice', () => {
		const missing = explainErrorCode('42P01', { database: 'DATABASE', host: 'HOST', setting: 'SETTING' }) ?? '';
		expect(withoutOwnAdvice(missing, 'init')).toMatch(/ \(42P01\): fix SETTING\.$/);
		expect(withoutOwnAdvice(missing, 'doctor')).toBe(missing);
		const lacking = explainErrorCode('42501', { user: 'U', database: 'D', host: 'H', right: 'give it another' }) ?? '';
		for (const command of ['init', 'start', 'demo'])
			expect(withoutOwnAdvice(lacking, command)).toBe(
				'User U lacks a right in database D at H (42501): give it another.',
			);
		expect(withoutOwnAdvice('The log is torn: run `firmseal audit verify`.', 'audit verify')).toBe(
			'The log is torn: find the cause, then repeat this command.',
		);
	});
});

describe('the explanation of a system error', () => {
	it('is one sentence for each code, with the code, its subject and what to do', () => {
		const about = {
			path: '/data',
			setting: 'SETTING',
			host: 'HOST',
			database: 'DATABASE',
			user: 'USER',
			right: 'give it another',
			login: ', or wait',
		};
		for (const [code, template] of Object.entries(ERROR_EXPLANATIONS)) {
			const sentence = explainErrorCode(code, about) ?? '';
			expect(sentence).toMatch(/^[^.:](?:(?!: ).)+ \(\w+\): .+[^.]\.$/);
			expect(sentence).toContain(` (${code})`);
			for (const [, name = ''] of template.matchAll(/\{(\w+)\}/g))
				expect(sentence).toContain(about[name as keyof typeof about]);
		}
	});

	it('does not exist for an unknown code, but does for every error of a file', () => {
		for (const code of ['EWHATEVER', 'constructor', '']) expect(explainErrorCode(code, {})).toBeNull();
		expect(explainFileErrorCode('EWHATEVER', '/data')).toBe(
			'/data cannot be used (EWHATEVER): set the data directory to another directory.',
		);
	});
});
