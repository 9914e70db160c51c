import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import manifest from '../../package.json' with { type: 'json' };
import { type Packed, packProject } from './pack.ts';
import { run } from './run.ts';

declare module 'vitest' {
	interface ProvidedContext {
		packed: Packed;
		/** The folder of a project that has installed the package; null: npm's registry can't be reached. */
		adopter: string | null;
		/** Why there is nothing to test: each file of this project fails by it, and the other projects run. */
		failure: string | null;
	}
}

const { graphql, 'drizzle-orm': drizzle, '@types/node': types } = manifest.devDependencies;
const BESIDE = [`graphql@${graphql}`, `drizzle-orm@${drizzle}`, `@types/node@${types}`];

/** Packs the package once and installs it in an empty project outside the checkout. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
	const directory = realpathSync(mkdtempSync(join(tmpdir(), 'firmseal-package-')));
	try {
		const packed = await packProject(directory);
		project.provide('packed', packed);
		project.provide('adopter', await install(packed.tarball, join(directory, 'adopter')));
		project.provide('failure', null);
	} catch (error) {
		project.provide('failure', error instanceof Error ? error.message : String(error));
	}
	return () => rm(directory, { recursive: true, force: true });
}

async function install(tarball: string, cwd: string): Promise<string | null> {
	mkdirSync(cwd);
	writeFileSync(join(cwd, 'package.json'), '{ "private": true, "type": "module" }\n');
	const flags = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'];
	const { code, stderr } = await run('npm', ['install', ...flags, tarball, ...BESIDE], { cwd });
	if (code === 0) return cwd;
	const isReached = (await run('npm', ['view', BESIDE[0] ?? '', 'version'], { cwd })).code === 0;
	if (isReached || process.env.FIRMSEAL_CI === '1') throw new Error(`The package can't be installed:\n${stderr}`);
	return null;
}
