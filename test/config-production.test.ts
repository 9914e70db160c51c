import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { debuggerFacts, productionRefusals, type StartFacts } from '../src/production-refusals.ts';

const SAFE_FACTS: StartFacts = {
	roles: [{ isOwner: false, isSuperuser: false }],
	introspection: false,
	inspect: false,
	disableSigusr1: true,
};

const SAFE_ENV = {
	FIRMSEAL_ENV: 'production',
	FIRMSEAL_PLANE: 'firm',
	DATABASE_URL: 'postgres://u:hunter2@db.example/x?sslmode=verify-full',
	FIRMSEAL_JWT_ISSUER: 'https://id.example',
	FIRMSEAL_JWT_AUDIENCE: 'firmseal',
	FIRMSEAL_JWKS_URL: 'https://id.example/keys',
};

/** The local keyring is always refused: this version has no other. */
const refusalsOf = (env: NodeJS.ProcessEnv, facts: Partial<StartFacts> = {}) =>
	productionRefusals(readConfig({ ...SAFE_ENV, ...env }), { ...SAFE_FACTS, ...facts }).filter(
		(sentence) => !sentence.includes('the local keyring'),
	);

describe('productionRefusals', () => {
	it('refuses nothing in development', () => {
		const worst = { roles: [{ isOwner: true, isSuperuser: true }], introspection: true, inspect: true };
		expect(productionRefusals(readConfig({}), { ...worst, disableSigusr1: false })).toEqual([]);
	});

	it('refuses only the local keyring when all else is right', () => {
		expect(productionRefusals(readConfig(SAFE_ENV), SAFE_FACTS)).toEqual([
			expect.stringContaining('refuses the local keyring'),
		]);
	});

	it.each<[what: string, env: NodeJS.ProcessEnv, facts: Partial<StartFacts>]>([
		['the built-in issuer', { FIRMSEAL_JWT_ISSUER: '', FIRMSEAL_JWT_AUDIENCE: '', FIRMSEAL_JWKS_URL: '' }, {}],
		['both planes', { FIRMSEAL_PLANE: 'all' }, {}],
		['introspection', {}, { introspection: true }],
		['owner or superuser', {}, { roles: [...SAFE_FACTS.roles, { isOwner: true, isSuperuser: false }] }],
		['owner or superuser', {}, { roles: [{ isOwner: false, isSuperuser: true }] }],
		['an open debugger', {}, { inspect: true }],
		['SIGUSR1', {}, { disableSigusr1: false }],
		['unencrypted', { DATABASE_URL: 'postgres://u:hunter2@db.example/x' }, {}],
		['unencrypted', { DATABASE_URL: 'postgres://u:hunter2@db.example/x?sslmode=prefer' }, {}],
		['unencrypted', { DATABASE_URL: 'postgres://u:hunter2@127.0.0.1.example/x' }, {}],
		['unencrypted', { FIRMSEAL_WORKER_DATABASE_URL: 'postgres://u:hunter2@10.0.0.1/x' }, {}],
		['the sign-in of the broker', { FIRMSEAL_BROKER_DATABASE_URL: 'postgres://u:hunter2@localhost/x' }, {}],
	])('refuses %s in one sentence with the mend', (what, env, facts) => {
		const refusals = refusalsOf(env, facts);
		expect(refusals).toHaveLength(1);
		expect(refusals[0]).toContain(what);
		expect(refusals[0]).toMatch(/^Production refuses .+: .+\.$/);
		expect(refusals[0]).not.toContain('hunter2');
	});

	it.each([
		'postgres://u:p@localhost/x',
		'postgres://u:p@127.0.0.9:5433/x',
		'postgres://u:p@[::1]/x',
		'postgres://u:p@%2Frun%2Fpostgresql/x',
		'postgres://u:p@db.example/x?sslmode=require',
	])('takes %s', (url) => {
		expect(refusalsOf({ DATABASE_URL: url })).toEqual([]);
	});
});

describe('productionRefusals of the broker', () => {
	const OWN = { FIRMSEAL_ENV: 'production', FIRMSEAL_BROKER_DATABASE_URL: 'postgres://u:hunter2@localhost/x' };
	const ofBroker = (env: NodeJS.ProcessEnv, facts: Partial<StartFacts> = {}) =>
		productionRefusals(readConfig({ ...OWN, ...env }), { ...SAFE_FACTS, ...facts }, { isApi: false, isBroker: true });

	it('asks it nothing about issuer, plane and introspection, of which it has none', () => {
		expect(ofBroker({})).toEqual([expect.stringContaining('refuses the local keyring')]);
		const direct = { FIRMSEAL_DIRECT_DATABASE_URL: 'postgres://u:hunter2@localhost:5433/x' };
		expect(ofBroker(direct)).toHaveLength(1);
	});

	it.each([
		'DATABASE_URL',
		'FIRMSEAL_OPERATOR_DATABASE_URL',
		'FIRMSEAL_WORKER_DATABASE_URL',
		'FIRMSEAL_ADMIN_DATABASE_URL',
	])('refuses one that is told %s', (name) => {
		const [, refusal, ...others] = ofBroker({ [name]: 'postgres://u:hunter2@localhost/x' });
		expect(others).toEqual([]);
		expect(refusal).toMatch(/^Production refuses a broker with the sign-in of another: .+\.$/);
	});

	it.each([
		['an open debugger', {}, { inspect: true }],
		['SIGUSR1', {}, { disableSigusr1: false }],
		['owner or superuser', {}, { roles: [{ isOwner: false, isSuperuser: true }] }],
		['unencrypted', { FIRMSEAL_BROKER_DATABASE_URL: 'postgres://u:hunter2@db.example/x' }, {}],
		['unencrypted', { FIRMSEAL_DIRECT_DATABASE_URL: 'postgres://u:hunter2@db.example/x' }, {}],
	])('refuses %s, as of every process', (what, env, facts) => {
		const refusals = ofBroker(env, facts);
		expect(refusals).toHaveLength(2);
		expect(refusals[1]).toContain(what);
	});
});

describe('debuggerFacts', () => {
	it('reads the flag from NODE_OPTIONS and sees that no debugger is open', () => {
		expect(debuggerFacts({ nodeOptions: '--max-old-space-size=512 --disable-sigusr1' })).toEqual({
			inspect: false,
			disableSigusr1: true,
		});
		expect(debuggerFacts({ nodeOptions: '' }).disableSigusr1).toBe(process.execArgv.includes('--disable-sigusr1'));
	});
});
