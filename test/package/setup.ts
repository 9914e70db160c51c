import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import manifest from '../../package.json' with { type: 'json' };
import { type Packed, packProject } from './pack.ts';
import { installPackage } from './packages.ts';

declare module 'vitest' {
	interface ProvidedContext {
		packed: Packed;
		/** The folder of a project that has installed the package. */
		adopter: string;
		/** Why the package could not be installed, or null. Each file of this project fails with it, and the other projects still run. */
		failure: string | null;
	}
}

/** Packs the package once and installs it in an empty project outside the checkout. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
	const directory = realpathSync(mkdtempSync(join(tmpdir(), 'firmseal-package-')));
	try {
		const packed = await packProject(directory);
		project.provide('packed', packed);
		project.provide('adopter', await install(packed, join(directory, 'adopter')));
		project.provide('failure', null);
	} catch (error) {
		project.provide('failure', error instanceof Error ? error.message : String(error));
	}
	return () => rm(directory, { recursive: true, force: true });
}

async function install(packed: Packed, cwd: string): Promise<string> {
	mkdirSync(cwd);
	const { graphql, 'drizzle-orm': drizzle, '@types/node': types } = manifest.devDependencies;
	const project = { type: 'module', dependencies: { graphql, 'drizzle-orm': drizzle, '@types/node': types } };
	const { code, stderr } = await installPackage(packed, project, { cwd });
	if (code !== 0) throw new Error(`The package can't be installed:\n${stderr}`);
	return cwd;
}
