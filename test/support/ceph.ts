import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, globSync, mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { randomPort, startOnRandomPort } from '../../src/database/embedded/random-port.ts';
import { cephConfiguration } from './ceph-configuration.ts';

const run = promisify(execFile);

/** A running S3 that is no emulator: Ceph's object gateway, on a cluster of one machine with its data in memory. */
export interface Ceph {
	/** Without a trailing slash. */
	readonly url: string;
	readonly accessKeyId: string;
	readonly secretAccessKey: string;
	/** Names of the keys in its test key service. */
	readonly kmsKeys: readonly [string, string];
}

const PROGRAMS = ['ceph', 'ceph-authtool', 'ceph-mon', 'ceph-osd', 'monmaptool', 'radosgw', 'radosgw-admin'];
const LONGEST_START = 90_000;
const USER = { accessKeyId: 'test', secretAccessKey: 'testtest' } as const;

/** Starts Ceph in about 13 s, or returns null if it is not installed. It stops with the test run (.ci/tests/isolated-run.ts). */
export async function startCeph(): Promise<Ceph | null> {
	const path = (process.env.PATH ?? '').split(delimiter);
	const isInstalled = (name: string) => path.some((directory) => existsSync(join(directory, name)));
	const [classes] = globSync('/usr/lib{,64}{,/*}/rados-classes');
	if (!classes || !PROGRAMS.every(isInstalled)) return null;
	let directory = '';
	const startAt = async (port: number) => {
		directory = mkdtempSync(join(tmpdir(), 'firmseal-ceph-'));
		const running: ChildProcess[] = [];
		await startIn(directory, port, classes, running).catch((error) => {
			for (const child of running) child.kill('SIGKILL');
			throw error;
		});
	};
	const isTaken = () =>
		globSync(join(directory, 'log/*')).some((file) => readFileSync(file, 'latin1').includes('Address already in use'));
	const port = await startOnRandomPort(startAt, isTaken);
	return { url: `http://127.0.0.1:${port}`, ...USER, kmsKeys: ['testkey-1', 'testkey-2'] };
}

async function startIn(directory: string, port: number, classes: string, running: ChildProcess[]): Promise<void> {
	const at = (name: string) => join(directory, name);
	for (const name of ['mon', 'osd', 'rgw', 'run', 'log']) mkdirSync(at(name));
	const [monitor, older] = [randomPort(), randomPort()];
	const cluster = randomUUID();
	const monitors = `[v2:127.0.0.1:${monitor},v1:127.0.0.1:${older}]`;
	writeFileSync(at('ceph.conf'), cephConfiguration({ directory, cluster, monitors, port, classes }));
	const env = { ...process.env, CEPH_CONF: at('ceph.conf') };
	const until = performance.now() + LONGEST_START;
	const ask = (name: string, ...args: string[]) => run(name, args, { env, timeout: 20_000 });
	const start = (name: string, ...args: string[]) => {
		const log = openSync(at(`log/${name}.out`), 'a');
		running.push(spawn(name, [...args, '-f'], { env, stdio: ['ignore', log, log] }));
	};
	async function when(what: string, holds: () => Promise<boolean>): Promise<void> {
		while (!(await holds().catch(() => false))) {
			if (performance.now() > until || running.some(({ exitCode }) => exitCode !== null))
				throw new Error(`Ceph did not start: ${what} does not answer.`);
			await delay(250);
		}
	}

	const keyring = at('keyring');
	const allowAll = ['--cap', 'mon', 'allow *', '--cap', 'osd', 'allow *', '--cap', 'mgr', 'allow *'];
	const ofStore = ['--cap', 'mon', 'allow profile osd', '--cap', 'osd', 'allow *', '--cap', 'mgr', 'allow profile osd'];
	await ask('ceph-authtool', '--create-keyring', keyring, '--gen-key', '-n', 'mon.', '--cap', 'mon', 'allow *');
	for (const name of ['client.admin', 'client.rgw.a'])
		await ask('ceph-authtool', keyring, '--gen-key', '-n', name, ...allowAll);
	await ask('ceph-authtool', keyring, '--gen-key', '-n', 'osd.0', ...ofStore);
	await ask('monmaptool', '--create', '--fsid', cluster, '--addv', 'a', monitors, at('monmap'));
	await ask('ceph-mon', '--mkfs', '-i', 'a', '--monmap', at('monmap'), '--keyring', keyring);
	start('ceph-mon', '-i', 'a');
	await when('the monitor', async () => Boolean(await ask('ceph', '-s', '--connect-timeout', '5')));
	const store = randomUUID();
	await ask('ceph', 'osd', 'new', store);
	await ask('ceph-osd', '-i', '0', '--mkfs', '--osd-uuid', store);
	start('ceph-osd', '-i', '0');
	await when('the store', async () => (await ask('ceph', 'osd', 'stat')).stdout.includes('1 up'));
	start('radosgw', '-n', 'client.rgw.a');
	const url = `http://127.0.0.1:${port}`;
	await when('the gateway', async () => (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok);
	const keys = ['--access-key', USER.accessKeyId, '--secret-key', USER.secretAccessKey];
	await ask('radosgw-admin', 'user', 'create', '--uid=test', '--display-name=test', ...keys);
}
