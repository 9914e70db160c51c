import type { TestProject } from 'vitest/node';
import { type Ceph, startCeph } from './ceph.ts';
import { startMoto } from './moto.ts';
import { isSoak } from './scale.ts';

/** What of the cloud's services the tests can reach; null: the peer is not installed, and its tests are skipped by name. */
export interface Clouds {
	/** URL of an emulator of KMS, S3 and STS that all test files share: whoever uses it makes an account of their own. */
	readonly moto: string | null;
	/** An S3 that isn't the cloud's own; likewise shared; null in fast too. */
	readonly ceph: Ceph | null;
}

declare module 'vitest' {
	interface ProvidedContext {
		clouds: Clouds;
	}
}

/** Starts what is installed, once for the run; it ends with the run (.ci/tests/isolated-run.ts). */
export async function setup(project: TestProject): Promise<void> {
	const [moto, ceph] = await Promise.all([startMoto(), isSoak ? startCeph() : null]);
	// There everything that the tests need is installed first, and a skip would hide that it wasn't.
	if (process.env.FIRMSEAL_CI === '1' && !(moto && (ceph || !isSoak)))
		throw new Error('moto or Ceph is not installed.');
	project.provide('clouds', { moto: moto?.url ?? null, ceph });
}
