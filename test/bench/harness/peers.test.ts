import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { missingPeers, wantedPeers } from '../../../bench/harness/peers.ts';

const bench = fileURLToPath(new URL('../../../bench', import.meta.url));

describe('missing peers', () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'firmseal-peers-'));
		write('package.json', { dependencies: { '@scope/one': '1.0.0', two: '2.0.0' } });
	});
	afterEach(() => rmSync(folder, { recursive: true }));

	function write(path: string, content: object) {
		mkdirSync(join(folder, path, '..'), { recursive: true });
		writeFileSync(join(folder, path), JSON.stringify(content));
	}

	it('are all peers before the first run', () => {
		expect(missingPeers(folder)).toEqual(['@scope/one', 'two']);
	});

	it('include a peer that is installed in another version', () => {
		write('node_modules/@scope/one/package.json', { version: '1.0.0' });
		write('node_modules/two/package.json', { version: '1.9.9' });
		expect(missingPeers(folder)).toEqual(['two']);
	});

	it('are no peers once all are installed', () => {
		write('node_modules/@scope/one/package.json', { version: '1.0.0' });
		write('node_modules/two/package.json', { version: '2.0.0' });
		expect(missingPeers(folder)).toEqual([]);
	});
});

describe('the peers of the benchmarks', () => {
	const lock = JSON.parse(readFileSync(join(bench, 'package-lock.json'), 'utf8'));
	const packages = Object.entries<Record<string, string>>(lock.packages).filter(([path]) => path !== '');

	it('have one exact version, which is the locked one', () => {
		const locked = Object.keys(wantedPeers(bench)).map((name) => [
			name,
			lock.packages[`node_modules/${name}`]?.version,
		]);
		expect(Object.fromEntries(locked)).toEqual(wantedPeers(bench));
		expect(Object.values(wantedPeers(bench)).every((version) => /^\d+\.\d+\.\d+$/.test(version))).toBe(true);
	});

	it('are locked by their hash, from any registry', () => {
		expect(packages.length).toBeGreaterThan(0);
		expect(packages.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'))).toEqual([]);
		expect(packages.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
	});

	it('are not dependencies of the project', () => {
		const { dependencies, devDependencies } = JSON.parse(readFileSync(join(bench, '../package.json'), 'utf8'));
		const own = Object.keys({ ...dependencies, ...devDependencies });
		expect(Object.keys(wantedPeers(bench)).filter((name) => own.includes(name))).toEqual([]);
	});
});
