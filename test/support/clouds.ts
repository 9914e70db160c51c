import type { TestProject } from 'vitest/node';
import { type Ceph, startCeph } from './ceph.ts';
import { startMoto } from './moto.ts';
import { isSoak } from './scale.ts';

/** The replacements of cloud services for tests. Null if one is not installed: its tests are shown as skipped. */
export interface Clouds {
	/** URL of an emulator of KMS, S3 and STS, shared by all test files. Each test uses an account of its own. */
	readonly moto: string | null;
	/** An S3 other than the cloud's, shared too. Null also in fast. */
	readonly ceph: Ceph | null;
}

declare module 'vitest' {
	interface ProvidedContext {
		clouds: Clouds;
	}
}

/** Starts the installed services once per run. They stop with the run (.ci/tests/isolated-run.ts). */
export async function setup(project: TestProject): Promise<void> {
	const [moto, ceph] = await Promise.all([startMoto(), isSoak ? startCeph() : null]);
	// CI installs every service, so a skip would hide a failed installation.
	if (process.env.FIRMSEAL_CI === '1' && !(moto && (ceph || !isSoak)))
		throw new Error('moto or Ceph is not installed.');
	project.provide('clouds', { moto: moto?.url ?? null, ceph });
}
