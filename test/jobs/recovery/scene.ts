import type { HolderSide } from '../../../src/jobs/escrow/index.ts';
import { makeInstallation, type TestApi, type TestFirm, type TestInstallation } from '../../support/installation.ts';
import { embedded } from '../../support/own-servers.ts';
import { newDirectory } from '../../system/program.ts';
import { type Holders, makeHolders } from './holders.ts';

export interface RecoveryScene {
	/** Directory for the test's files: holders' keys, escrows. */
	readonly directory: string;
	readonly holders: Holders;
	readonly installation: TestInstallation;
	readonly north: TestFirm;
	readonly api: TestApi;
}

/** A firm whose data keys go into an escrow, and the holders of the shares. */
export async function makeRecoveryScene(sides: Readonly<Record<string, HolderSide>>): Promise<RecoveryScene> {
	const directory = newDirectory();
	const holders = makeHolders(directory, sides);
	const installation = await makeInstallation(embedded);
	const north = await installation.addFirm('north');
	return { directory, holders, installation, north, api: await installation.serve() };
}
