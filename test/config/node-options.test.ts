import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { commandRefusals, nodeFacts, productionRefusals } from '../../src/config/production-refusals.ts';
import { SAFE_ENV, SAFE_FACTS } from './safe-start.ts';

describe('productionRefusals of Node options', () => {
	const refused = (options: string, execArgv: readonly string[] = [], env: NodeJS.ProcessEnv = {}) => {
		const config = readConfig({ ...SAFE_ENV, ...env, NODE_OPTIONS: options });
		const facts = { ...SAFE_FACTS, ...nodeFacts(config, execArgv) };
		return productionRefusals(config, facts, 'api');
	};
	const SAFE = '--disable-sigusr1';

	it('detects an open debugger, and one that SIGUSR1 would open, however the option is written', () => {
		expect(nodeFacts(readConfig({}), ['--title=x'])).toEqual({ inspect: false, options: ['--title=x'] });
		for (const good of [SAFE, `"${SAFE}" --max-old-space-size=512`, '--disable_sigusr1', '"--disable\\-sigusr1"'])
			expect(refused(good)).toEqual([]);
		expect(refused('', [SAFE])).toEqual([]);
		const opens = [expect.stringContaining('opens its debugger on SIGUSR1')];
		for (const [options, execArgv] of [
			['', []],
			['--title=--disable-sigusr1', []],
			[SAFE, ['--no-disable-sigusr1']],
			[`${SAFE} --no_disable_sigusr1`, []],
		] as const)
			expect(refused(options, execArgv)).toEqual(opens);
	});

	it.each([
		['--heapsnapshot-signal=SIGUSR2', '--heapsnapshot-signal, which writes the memory'],
		['--heapsnapshot_signal=SIGUSR2', '--heapsnapshot-signal, which writes the memory'],
		['--heapsnapshot-near-heap-limit=3', 'writes the memory'],
		['--heap-prof', 'writes the memory'],
		['--abort-on-uncaught-exception', 'writes the memory'],
		['--diagnostic-dir=/tmp', 'writes the memory'],
		['--report-on-signal', 'writes a report with settings'],
		['--report-on-fatalerror', 'writes a report'],
		['--report-uncaught-exception', 'writes a report'],
		['--report-signal=SIGUSR2', 'writes a report'],
		['--inspect=0', 'opens a debugger'],
		['--inspect-port=9000', 'opens a debugger'],
		['--cpu-prof', 'writes what the process does'],
		['--prof', 'writes what the process does'],
		['-prof', '--prof, which writes what the process does'],
		['--trace-event-categories=node.http', 'writes what the process does'],
		['--tls-keylog=/tmp/keys', '--tls-keylog, which writes or prints what TLS protects'],
		['--trace-tls', 'writes or prints what TLS protects'],
		['--trace-env', 'prints settings'],
		['--insecure-http-parser', 'weakens HTTP'],
		['--tls-min-v1.0', 'weakens HTTP or TLS'],
		['--require=./agent.cjs', 'loads code that sees every key'],
		['--import=./agent.js', 'loads code'],
		['--env-file=.env', 'loads settings that these checks do not see'],
		['--experimental-config-file=node.config.json', 'loads settings that these checks do not see'],
		['--log-all', '--log-all, which is not known to be harmless'],
		['--an-option-of-tomorrow', 'is not known to be harmless'],
		[`--${'x'.repeat(61)}`, 'the Node option with an unusual name, which is not known'],
	])('refuses %s in one sentence, on the command line and in NODE_OPTIONS', (option, why) => {
		for (const refusals of [refused(`${SAFE} ${option}`), refused(SAFE, [option])]) {
			expect(refusals).toEqual([expect.stringContaining(why)]);
			expect(refusals[0]).toMatch(
				/^Production refuses the Node option [^:]+: remove it from the command line and from NODE_OPTIONS\.$/,
			);
		}
	});

	it('refuses every option of this Node that writes, opens, prints or loads something', () => {
		const dangerous =
			/snapshot|prof|report|inspect|keylog|(?<!stack-)trace-(?!warnings|deprecation)|require|import|loader|perf-|-dir$|-file|config-file|insecure|sigusr1/;
		const names = [...process.allowedNodeEnvironmentFlags].filter(
			(name) => name.startsWith('--') && !name.startsWith('--no-'),
		);
		const taken = names.filter((name) => refused(SAFE, [name]).length === 0);
		expect(names.length).toBeGreaterThan(100);
		expect(taken.filter((name) => dangerous.test(name))).toEqual(['--disable-sigusr1']);
		expect(taken).toEqual(expect.arrayContaining(['--max-old-space-size', '--use-system-ca', '--permission']));
	});

	it('applies the same rules to commands, except for SIGUSR1', () => {
		const ofCommand = (env: NodeJS.ProcessEnv, facts: Partial<ReturnType<typeof nodeFacts>> = {}) => {
			const config = readConfig({ ...SAFE_ENV, ...env });
			return commandRefusals(config, { ...nodeFacts(config, []), ...facts });
		};
		expect(ofCommand({})).toEqual([]);
		const open = 'Production refuses an open debugger: start Node without --inspect.';
		expect(ofCommand({}, { inspect: true })).toEqual([open]);
		expect(ofCommand({ NODE_OPTIONS: '--report-on-signal', NODE_PATH: '/nowhere' })).toEqual([
			expect.stringContaining('--report-on-signal, which writes a report'),
			expect.stringContaining('NODE_PATH in its environment'),
		]);
		const development = { FIRMSEAL_ENV: 'development', NODE_OPTIONS: '--report-on-signal' };
		expect(ofCommand(development, { inspect: true })).toEqual([]);
	});

	it('names each option once, with values as separate words, and never repeats a value', () => {
		const refusals = refused(SAFE, ['-r', './hunter2.cjs', '--conditions', 'hunter2', '--tls-keylog', '/hunter2']);
		expect(refusals.map((each) => /option (\S+),/.exec(each)?.[1])).toEqual(['-r', '--conditions', '--tls-keylog']);
		expect(refusals.join()).not.toContain('hunter2');
	});

	it('allows options that add memory, find other servers, or turn something off', () => {
		const good = '--max-old-space-size=2048 --use-system-ca --dns-result-order=ipv4first --no-inspect --no-warnings';
		expect(refused(`${SAFE} ${good}`, ['--max-semi-space-size', '64', '--no-report-on-signal'])).toEqual([]);
	});

	it.each([
		['NODE_TLS_REJECT_UNAUTHORIZED', '0', 'lets anyone impersonate the key service'],
		['NODE_DEBUG', 'http,tls', 'prints what is sent'],
		['NODE_DEBUG_NATIVE', 'http', 'prints what is sent'],
		['NODE_V8_COVERAGE', '/tmp/coverage', 'writes what the process does'],
		['NODE_REDIRECT_WARNINGS', '/tmp/warnings', 'writes what the process does'],
		['NODE_PATH', '/tmp/modules', 'loads code'],
		['NODE_COMPILE_CACHE', '/tmp/compiled', 'loads compiled code'],
		['NODE_PRESERVE_SYMLINKS', '1', 'loads code'],
		['NODE_PRESERVE_SYMLINKS_MAIN', '1', 'loads code'],
		['NODE_REPL_EXTERNAL_MODULE', '/tmp/repl.cjs', 'loads code'],
		['NODE_ICU_DATA', '/tmp/icu', 'changes how the process reads text'],
		['OPENSSL_CONF', '/tmp/openssl.cnf', 'load code that sees every key'],
		['OPENSSL_CONF_INCLUDE', '/tmp/openssl', 'load code that sees every key'],
		['OPENSSL_MODULES', '/tmp/providers', 'load code that sees every key'],
		['OPENSSL_ENGINES', '/tmp/engines', 'load code that sees every key'],
		['SSLKEYLOGFILE', '/tmp/keys', 'the keys of TLS connections'],
	])('refuses %s=%s in the environment', (name, value, why) => {
		const [refusal, ...others] = refused(SAFE, [], { [name]: value });
		expect([refusal, others]).toEqual([expect.stringContaining(why), []]);
		expect(refusal).toMatch(RegExp(`^Production refuses ${name} in its environment, which .+: remove it\\.$`));
		expect(refused(SAFE, [], { [name]: '' })).toEqual([]);
	});

	it('refuses all environment names of this Node except harmless ones', () => {
		const [, said = ''] = execFileSync(process.execPath, ['--help'], { encoding: 'utf8' }).split(
			'\nEnvironment variables:\n',
		);
		const names = [...said.matchAll(/^[A-Z][A-Z0-9_]+/gm)].map(([name]) => name);
		expect(names).toEqual(expect.arrayContaining(['NODE_PATH', 'NODE_V8_COVERAGE', 'TZ']));
		const taken = names.filter(
			(name) => refused(name === 'NODE_OPTIONS' ? '' : SAFE, [], { [name]: '0' }).length === 0,
		);
		const harmless = [
			'FORCE_COLOR',
			'NO_COLOR',
			'NODE_DISABLE_COLORS',
			'TZ',
			'UV_THREADPOOL_SIZE',
			'NODE_EXTRA_CA_CERTS',
			'NODE_NO_WARNINGS',
			'NODE_PENDING_DEPRECATION',
			'NODE_PENDING_PIPE_INSTANCES',
			'NODE_SKIP_PLATFORM_CHECK',
			// For Node's interactive prompt, which no process here uses.
			'NODE_REPL_HISTORY',
		];
		expect(taken.filter((name) => !harmless.includes(name))).toEqual([]);
	});

	it('allows extra certificates if they are checked', () => {
		expect(refused(SAFE, [], { NODE_TLS_REJECT_UNAUTHORIZED: '1', NODE_EXTRA_CA_CERTS: '/etc/ca.pem' })).toEqual([]);
	});
});
