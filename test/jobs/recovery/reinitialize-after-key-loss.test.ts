import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLATFORM_FIRM_ID } from '../../../src/keys/index.ts';
import { claimsOf } from '../../support/claims.ts';
import { makeInstallation, type Person, type TestInstallation } from '../../support/installation.ts';
import { embedded } from '../../support/own-servers.ts';
import { firmsealJson, launch, MAIN, newDirectory } from '../../system/program.ts';

describe('a key service reinitialized after a loss', { timeout: 120_000 }, () => {
	let installation: TestInstallation;
	let directory: string;
	let lost = 0;
	const tokens: Record<string, Person> = {};
	const emails: Record<string, string> = {};

	beforeAll(async () => {
		directory = newDirectory();
		installation = await makeInstallation(embedded);
		await installation.addFirm('north');
		// Makes the first key that signs the log.
		const worker = await installation.startWorker();
		await worker.advance();
		expect(await statesOf('CHECKPOINT')).toHaveLength(1);
		await worker.stop();
		for (const name of ['one', 'two', 'three']) {
			tokens[name] = await installation.addOperator('APPROVER');
			const [row] = await installation.admin`select email from users where id = ${claimsOf(tokens[name]).sub}`;
			emails[name] = row?.email;
		}
	});
	afterAll(() => installation?.close());

	const run = (name: string, ...args: string[]) =>
		firmsealJson({ ...installation.env, FIRMSEAL_TOKEN: `${tokens[name]}` }, ...args);
	const naming = (...names: string[]) => [
		'init',
		'--after-key-loss',
		...names.flatMap((name) => ['--approver', emails[name] ?? '']),
	];
	const lose = () => {
		lost += 1;
		for (const name of ['keyring', 'root.key'])
			renameSync(join(installation.directory, name), join(directory, `${lost}-${name}`));
	};
	const statesOf = async (of: string) =>
		(
			await installation.admin`select state from data_keys where firm_id = ${PLATFORM_FIRM_ID} and class = ${of} order by version`
		).map(({ state }) => state);
	const proven = async () =>
		(await installation.admin`select u.email from operators o join users u on u.id = o.user_id where o.mac is not null`)
			.map(({ email }) => email)
			.toSorted();

	it('by two commands at the same moment has the approvers of one of them', async () => {
		lose();
		const named = [
			['one', 'two'],
			['two', 'three'],
		];
		const begun = await Promise.all(named.map((names) => run('one', ...naming(...names))));
		const faster = begun.findIndex(({ code }) => code === 0);
		const { code, error } = begun[1 - faster] ?? {};
		// The second command is refused where it meets the first: at the keyring, or at the approvers.
		expect(`${code} ${error?.code}: ${error?.message}`).toMatch(/^1 (CONFLICT: |SETUP: .* already holds a keyring: )/);
		expect(await proven()).toEqual((named[faster] ?? []).map((name) => emails[name]).toSorted());
	});

	const there = (...path: string[]) => existsSync(join(installation.directory, ...path));
	const disabled = async (of: string) => (await statesOf(of)).filter((state) => state === 'DISABLED').length;
	/** The moments of the kill, in the order of the command's work. */
	const MOMENTS: Readonly<Record<string, (rights: number) => Promise<boolean>>> = {
		'the root key is there': async () => there('root.key'),
		'the keyring is there': async () => there('keyring'),
		'the platform has a wrapping key': async () => there('keyring', 'firms', PLATFORM_FIRM_ID),
		'there is a key to prove with': async (rights) => (await statesOf('RIGHTS')).length > rights,
		'the ones before are disabled': async (rights) => (await disabled('RIGHTS')) === rights,
		'the keys that signed the log are disabled': async () => (await disabled('CHECKPOINT')) === 1,
	};

	it.each(Object.keys(MOMENTS))(
		'by a command killed when %s is reinitialized by the next, with others',
		async (when) => {
			lose();
			await installation.admin`update data_keys set state = 'ACTIVE' where firm_id = ${PLATFORM_FIRM_ID} and class = 'CHECKPOINT'`;
			const rights = (await statesOf('RIGHTS')).length;
			const child = launch(installation.env, process.execPath, [MAIN, ...naming('one', 'two')]);
			let isOver = false;
			void child.ended.then(() => {
				isOver = true;
			});
			await expect
				.poll(async () => isOver || (await MOMENTS[when]?.(rights)), { interval: 1, timeout: 60_000 })
				.toBe(true);
			child.kill('SIGKILL');
			const { code } = await child.ended;
			// If it had proven its own approvers before it died, they stay. It reports this only if it came that far.
			const next = await run('two', ...naming('two', 'three'));
			const wasFirst = next.error?.code === 'CONFLICT';
			expect([code, next.code]).toEqual([code === 0 && wasFirst ? 0 : null, wasFirst ? 1 : 0]);
			const names = wasFirst ? ['one', 'two'] : ['two', 'three'];
			expect(await proven()).toEqual(names.map((name) => emails[name]).toSorted());
			expect([await statesOf('RIGHTS'), await statesOf('CHECKPOINT')]).toEqual([
				[...Array(rights).fill('DISABLED'), 'ACTIVE'],
				['DISABLED'],
			]);
			const [unproven = ''] = ['one', 'two', 'three'].filter((name) => !names.includes(name));
			const again = ['operator', 'add', '--email', emails[unproven] ?? '', '--role', 'APPROVER'];
			const { code: asked, result } = await run('two', ...again);
			expect([asked, result.job.kind]).toEqual([0, 'APPOINT']);
			await run('two', 'job', 'cancel', '--job', result.job.id);
		},
	);
});
