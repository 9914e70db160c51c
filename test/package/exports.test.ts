import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeInstalled, ENTRIES } from './adopter.ts';
import { runModule } from './run.ts';

/** The exports that the package promises for each entry. An entry may export more. */
const PROMISED: Readonly<Record<(typeof ENTRIES)[number], readonly string[]>> = {
	firmseal: ['encryptedDirective', 'sealed', 'createContent', 'FirmsealError', 'SetupError', 'ERROR_CODES'],
	'firmseal/envelope': ['encodeContext', 'sealField', 'openField', 'encryptChunked', 'decryptChunked'],
	'firmseal/audit': ['leafHash', 'rootHash', 'verifyInclusion', 'verifyConsistency', 'verifyCheckpoint'],
	'firmseal/client': [
		'createFirmseal',
		'OpenFieldsLink',
		'openFieldsExchange',
		'createVault',
		'createWorkerVault',
		'createWithPasskey',
		'unlockWithPasskey',
		'JoiningSteps',
		'AnsweringSteps',
		'VaultRefusal',
		'FirmsealError',
		'readKeyLog',
	],
	'firmseal/client/worker': ['serveVault'],
	'firmseal/testing': ['runKit', 'createTestDevice', 'beginFirmCustody', 'joinTestDevice'],
};

describeInstalled('the entries of the package', (cwd) => {
	it.each(ENTRIES)('%s exports everything that is documented', async (entry) => {
		const { stdout, stderr } = await runModule(`console.log(JSON.stringify(Object.keys(await import('${entry}'))))`, {
			cwd,
		});
		expect(stderr).toBe('');
		expect(JSON.parse(stdout)).toEqual(expect.arrayContaining([...PROMISED[entry]]));
	});

	it.each(['firmseal/dist/errors.js', 'firmseal/dist/keys/index.js', 'firmseal/src/index.ts', 'firmseal/cli'])(
		'%s cannot be imported from the package',
		async (path) => {
			const { stdout } = await runModule(`await import('${path}').catch(({ code }) => console.log(code))`, { cwd });
			expect(stdout.trim()).toBe('ERR_PACKAGE_PATH_NOT_EXPORTED');
		},
	);

	it.each(['graphql', 'drizzle-orm'])(
		'%s is the adopter’s copy, because two copies would not recognize each other',
		(peer) => {
			expect(existsSync(join(cwd, 'node_modules', peer, 'package.json'))).toBe(true);
			expect(existsSync(join(cwd, 'node_modules/firmseal/node_modules', peer))).toBe(false);
		},
	);
});
