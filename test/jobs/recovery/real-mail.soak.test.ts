import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf } from '../../support/claims.ts';
import { contentOf, filesAt, makeDocument } from '../../support/files.ts';
import { firmsealJson } from '../../system/program.ts';
import type { Expected } from '../load.ts';
import { expectAll, expectNone, writeMails } from '../mails.ts';
import { makeEscrow } from './escrows.ts';
import { skipped } from './holders.ts';
import { makeRecoveryScene, type RecoveryScene } from './scene.ts';

const FILES = 50;

describe.skipIf(skipped !== '')(`real e-mails after a loss of the key service${skipped}`, () => {
	let scene: RecoveryScene;
	let mails: Map<string, Expected>;
	/** Content of each document's file. */
	const files = new Map<string, Buffer>();

	beforeAll(async () => {
		scene = await makeRecoveryScene({ anna: 'FIRM', platform: 'PLATFORM', trustee: 'FIRM' });
		const { installation, north, api } = scene;
		mails = await writeMails(installation, north);
		for (const { body } of [...mails.values()].slice(0, FILES)) {
			const id = await makeDocument(api.ask, north.member);
			expect((await filesAt(api.url).put(north.member, id, Buffer.from(body))).status).toBe(201);
			files.set(id, Buffer.from(body));
		}
	}, 240_000);
	afterAll(() => scene?.installation.close());

	it('open again with shares of their escrow, and none opens before', { timeout: 240_000 }, async () => {
		const { directory, holders, installation, north } = scene;
		const tokens = [await installation.addOperator('APPROVER'), await installation.addOperator('APPROVER')];
		const run = async (which: number, ...args: string[]) => {
			const answer = await firmsealJson({ ...installation.env, FIRMSEAL_TOKEN: `${tokens[which]}` }, ...args);
			expect([args, answer.code, answer.error]).toEqual([args, 0, undefined]);
			return answer.result;
		};
		const worker = await installation.startWorker({}, { propagationSeconds: 0 });
		const made = await makeEscrow(installation, scene.api, north, {
			holders,
			threshold: 2,
			out: join(directory, 'made'),
		});
		await worker.stop();
		await scene.api.stop();
		for (const name of ['keyring', 'root.key'])
			renameSync(join(installation.directory, name), join(directory, `lost-${name}`));
		const approvers = [];
		for (const token of tokens) {
			const [row] = await installation.admin`select email from users where id = ${claimsOf(token).sub}`;
			approvers.push('--approver', row?.email as string);
		}
		await run(0, 'init', '--after-key-loss', ...approvers);
		await installation.startWorker({}, { propagationSeconds: 0 });
		const api = await installation.serve();
		await expectNone(api, north, mails);

		const asked = await run(0, 'keys', 'recover', '--firm', 'north', '--escrow', made.file);
		const job = ['--job', asked.jobs[0].id as string];
		const { requestHash } = await run(1, 'job', 'approve', ...job, '--dry-run');
		await run(1, 'job', 'approve', ...job, '--hash', requestHash);
		const { recipient } = await run(0, 'keys', 'recover', ...job);
		for (const name of ['anna', 'trustee'])
			await run(0, 'keys', 'recover', ...job, '--share', holders.encrypt(name, made.shareOf(name), recipient));
		await expectAll(api, north, mails);
		for (const [id, bytes] of files)
			expect((await filesAt(api.url).get(north.member, contentOf(id))).bytes).toEqual(bytes);
		process.stdout.write(`recovered from shares: ${mails.size} e-mails and ${files.size} files open, none lost\n`);
	});
});
