import { join } from 'node:path';
import { SUPERUSER, startEmbeddedServer } from '../../src/database/index.ts';
import { type InstallationOptions, makeInstallation, type TestInstallation } from '../support/installation.ts';
import { endAll, newDirectory } from '../system/program.ts';

/** An installation with a PostgreSQL of its own: the suites on the cloud's services share none. close() ends that too. */
export async function makeOwnInstallation(options: InstallationOptions): Promise<TestInstallation> {
	const files = newDirectory();
	const { urlOf, stop } = await startEmbeddedServer({ directory: join(files, 'postgres') });
	const end = async () => {
		await stop();
		await endAll();
	};
	const url = urlOf(SUPERUSER).replace(/\/[^/]*$/, '/postgres');
	try {
		const installation = await makeInstallation({ name: 'embedded', url, files }, options);
		return {
			...installation,
			async close() {
				await installation.close();
				await end();
			},
		};
	} catch (error) {
		await end();
		throw error;
	}
}
