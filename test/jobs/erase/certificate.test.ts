import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runVerifier } from '../../audit/single-file/run-verifier.ts';
import type { Person, TestApi, TestFirm, TestInstallation } from '../../support/installation.ts';
import { leafText } from '../../support/leaf-text.ts';
import { embedded } from '../../support/own-servers.ts';
import { makePopulated } from '../../support/populated.ts';
import { firmseal, firmsealJson } from '../../system/program.ts';
import { ended, writeNotes } from '../stage.ts';
import { requestAndApprove, twoApprovers } from './scene.ts';

describe('a certificate that an outsider checks', () => {
	let installation: TestInstallation;
	let api: TestApi;
	let people: Awaited<ReturnType<typeof twoApprovers>>;
	let north: TestFirm;
	let south: TestFirm;
	let auditor: Person;
	const jobs: Record<string, string> = {};
	const at = (name: string) => join(installation.directory, name);

	beforeAll(async () => {
		({ installation, north } = await makePopulated(embedded));
		south = await installation.addFirm('south');
		auditor = await installation.addOperator('AUDITOR');
		api = await installation.serve();
		people = await twoApprovers(installation);
		const worker = await installation.startWorker({}, { propagationSeconds: 0 });
		const [note] = await writeNotes(api, north, ['one']);
		await writeNotes(api, south, ['two']);
		jobs.record = await requestAndApprove(installation, people.ids)(north.id, `Note.${note}`);
		jobs.firm = await requestAndApprove(installation, people.ids)(south.id, null);
		for (const job of Object.values(jobs)) expect(await ended(installation, job)).toMatchObject({ state: 'DONE' });
		await worker.publishLog();
	}, 150_000);
	afterAll(() => installation?.close());

	/**
	 * Verifies as docs/how-to/verify.md describes: with the bundle, the verifier and standard tools. An owner requests the certificate of a
	 * record, and an auditor that of a firm that no longer exists.
	 */
	const check = async (of: 'record' | 'firm', text: string) => {
		const firm = of === 'record' ? north : south;
		const token = of === 'record' ? north.owner : auditor;
		const env = { ...installation.env, FIRMSEAL_URL: api.url, FIRMSEAL_TOKEN: `${token}` };
		const whose = of === 'record' ? [] : ['--firm', firm.id];
		const exported = await firmsealJson(env, 'audit', 'export', ...whose, '--out', at(of), '--force');
		expect([of, exported.code, exported.error]).toEqual([of, 0, undefined]);
		const vkey = await (await fetch(`${api.url}/.well-known/firmseal/checkpoint-key?firm=${firm.id}`)).text();
		const { code, error } = await runVerifier([at(of), ...vkey.trim().split('\n')]);
		expect([of, code, error]).toEqual([of, 0, '']);
		const shell = `grep -c "\\"action\\":\\"erasure.end\\".*\\"hash\\":\\"$(tr -d '\\n' < ${text} | sha256sum | cut -c1-64)\\".*\\"plane\\":\\"worker\\"" ${at(of)}`;
		return spawnSync('sh', ['-c', shell], { encoding: 'utf8' }).stdout;
	};

	it.each(['record', 'firm'] as const)(
		'of a %s is named by the log of its firm, which the single file verifies',
		async (of) => {
			const certificate = await people.as('one', 'erase', 'certificate', '--job', jobs[of] ?? '');
			expect(certificate).toMatchObject({ code: 0, result: { firmId: of === 'record' ? north.id : south.id } });
			const [entry] = await installation.admin`
			select id from audit_entries where leaf::jsonb ->> 'action' = 'erasure.end' and firm_id = ${certificate.result.firmId}`;
			expect(certificate.result.entryId).toBe(entry?.id);
			// A person saves the certificate by redirecting the output.
			const shown = await firmseal(installation.env, 'erase', 'certificate', '--job', jobs[of] ?? '');
			const [saved, changed] = [at(`${of}.json`), at(`${of}-changed.json`)];
			writeFileSync(saved, shown.stdout);
			writeFileSync(changed, shown.stdout.replace('"unnamed":0', '"unnamed":1'));
			expect(await check(of, saved)).toBe('1\n');
			expect(await check(of, changed)).toBe('0\n');
		},
	);

	it('can also be checked by the proof of its entry alone', async () => {
		const certificate = await people.as('one', 'erase', 'certificate', '--job', jobs.record ?? '');
		const env = { ...installation.env, FIRMSEAL_URL: api.url, FIRMSEAL_TOKEN: `${north.owner}` };
		const proof = await firmsealJson(
			env,
			'audit',
			'proof',
			'--entry',
			certificate.result.entryId,
			'--out',
			at('entry.proof'),
		);
		expect([proof.code, proof.error]).toEqual([0, undefined]);
		const vkey = await (await fetch(`${api.url}/.well-known/firmseal/checkpoint-key?firm=${north.id}`)).text();
		const keys = vkey
			.trim()
			.split('\n')
			.flatMap((key) => ['--vkey', key]);
		const verified = await firmsealJson(installation.env, 'audit', 'verify', '--proof', at('entry.proof'), ...keys);
		expect([verified.code, verified.error]).toEqual([0, undefined]);
		expect(JSON.stringify(verified.result)).toContain(certificate.result.sha256);
	});

	it('that SQL has changed is reported by the command', async () => {
		await installation.admin.begin(async (tx) => {
			await tx`alter table erasures disable trigger guard`;
			await tx`update erasures set certificate = replace(certificate, '"unnamed":0', '"unnamed":7') where id = ${jobs.record ?? ''}`;
			await tx`alter table erasures enable always trigger guard`;
		});
		const ask = () => people.as('one', 'erase', 'certificate', '--job', jobs.record ?? '');
		const certificate = await ask();
		expect([certificate.code, certificate.result.entryId]).toEqual([1, null]);
		// An entry that a role other than the worker's appended does not make the changed certificate valid either.
		const [row] = await installation.admin`
			select leaf from audit_entries where leaf::jsonb ->> 'action' = 'erasure.end' and firm_id = ${north.id}`;
		const named = { id: uuidv7(), boot: randomUUID(), sequence: 1 };
		const leaf = leafText({ ...JSON.parse(row?.leaf), ...named, plane: 'firm', hash: certificate.result.sha256 });
		const { admin } = installation;
		await admin`insert into audit_entries ${admin({ ...named, firm_id: north.id, role: 'firmseal_firm', leaf })}`;
		const again = await ask();
		expect([again.code, again.result.entryId]).toEqual([1, null]);
	});
});
