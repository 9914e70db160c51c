import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { makeEscrow, makePlatformEscrow } from '../jobs/recovery/escrows.ts';
import { type Holders, makeHolders, skipped } from '../jobs/recovery/holders.ts';
import { type Made, recoveringBy } from '../jobs/recovery/recovering.ts';
import { keysOf, readNotes, writeNotes } from '../jobs/stage.ts';
import { claimsOf } from '../support/claims.ts';
import {
	makeInstallation,
	type Person,
	type TestApi,
	type TestFirm,
	type TestInstallation,
	type TestWorker,
} from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { endAll, firmsealJson, newDirectory } from '../system/program.ts';
import { newKmsSettings } from './cloud-installation.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

const isMissing = !inject('clouds').moto;
const why = isMissing ? ' (skipped: moto is not installed)' : skipped;

/** The region of the keys after the recovery. No process can use the former region. */
const ELSEWHERE = { AWS_REGION: 'eu-west-3' };

describe.skipIf(why !== '')(`recovery into KMS of another region${why}`, () => {
	let installation: TestInstallation;
	let north: TestFirm;
	let api: TestApi;
	let worker: TestWorker;
	let holders: Holders;
	let notes: string[];
	let ofPlatform: Made;
	let ofFirm: Made;
	const tokens: Person[] = [];
	const emails: string[] = [];

	beforeAll(async () => {
		vi.stubEnv('AWS_ACCESS_KEY_ID', 'anybody');
		vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'anything');
		const directory = newDirectory();
		holders = makeHolders(directory, { notary: 'FIRM', platform: 'PLATFORM' });
		installation = await makeInstallation(embedded, { settings: newKmsSettings().env });
		north = await installation.addFirm('north');
		api = await installation.serve({ FIRMSEAL_PLANE: 'firm' });
		worker = await installation.startWorker({}, { propagationSeconds: 0 });
		for (let count = 0; count < 2; count++) {
			const token = await installation.addOperator('APPROVER');
			const [row] = await installation.admin`select email from users where id = ${claimsOf(token).sub}`;
			tokens.push(token);
			emails.push(row?.email);
		}
		notes = await writeNotes(api, north, ['kept']);
		await worker.publishLog();
		const [one = '', two = ''] = tokens;
		const of = (out: string) => ({ holders, threshold: 2, out: join(directory, out) });
		ofPlatform = await makePlatformEscrow(installation, { one, two }, of('platform'));
		ofFirm = await makeEscrow(installation, api, north, of('firm'));
		await Promise.all([api.stop(), worker.stop()]);
	});
	afterAll(async () => {
		await installation?.close();
		await endAll();
	});

	it('recovers the keys of the platform, and the log’s signing key with the signer’s role, then those of a firm', async () => {
		const env = { ...installation.env, ...ELSEWHERE };
		const [one = '', two = ''] = tokens;
		const approvers = emails.flatMap((email) => ['--approver', email]);
		expect(await firmsealJson(env, 'init', '--after-key-loss', ...approvers)).toMatchObject({ code: 0 });
		worker = await installation.startWorker(ELSEWHERE, { propagationSeconds: 0 });
		api = await installation.serve({ ...ELSEWHERE, FIRMSEAL_PLANE: 'firm' });
		expect((await readNotes(api, north, notes)).errors.length).toBeGreaterThan(0);
		const by = recoveringBy({ env, one, two, holders, clock: installation.clock });
		expect((await by.recovered('RECOVER', ofPlatform, { platform: true })).counts).toMatchObject({
			RECOVERED: 2,
			NOT_ESCROWED: 0,
		});
		const { counts } = await by.recovered('RECOVER', ofFirm, { firm: 'north' });
		expect(counts).toMatchObject({ NOT_ESCROWED: 0, COMMITMENT_DIFFERS: 0, SIGNERS_ALONE: 0 });
		const keys = [...(await keysOf(installation, PLATFORM_FIRM_ID)), ...(await keysOf(installation, north.id))];
		expect(counts.RECOVERED).toBe(keys.length - 3);
		expect(new Set(keys.map(({ keyId }) => keyId.split(':')[3]))).toEqual(new Set([ELSEWHERE.AWS_REGION]));
		const { notes: read, errors } = await readNotes(api, north, notes);
		expect([read.map((note) => note?.body), errors]).toEqual([['kept'], []]);
		await worker.publishLog();
		expect(await installation.admin`select from audit_root_leaves where kind = 'SIGNER'`).toHaveLength(1);
	});
});
