import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { leasesOver } from '../leases/by-api.ts';
import { contentOf, filesAt, makeDocument, someBytes } from '../support/files.ts';
import { activeLease } from '../support/leases.ts';
import {
	endAll,
	firmseal,
	firmsealJson,
	newDirectory,
	PROJECT,
	postmasterOf,
	startApi,
	tokensOf,
	until,
} from './program.ts';
import { wrongAfterRestore } from './restore-scene.ts';

const MEMBER = 'member@northgate.example';
const CREATE = 'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id firmId } } }';

/** The copy commands of the page, verbatim. */
const COMMANDS = [
	...readFileSync(join(PROJECT, 'docs/how-to/back-up-and-restore.md'), 'utf8').matchAll(
		/(?<=^|`)(?:mkdir|cp -an?) [^`\n]*(?=$|`)/gm,
	),
].map(([command]) => command);
const COPIES = /\.firmseal\/\S+ \/\w+\/\S*$/;
const KEYS = /^cp -an? \/(?:elsewhere|apart)\/.* \.firmseal\/$/;
/** Moves the existing embedded database aside before its copy is restored. */
const ASIDE = / \.firmseal-lost\/$/;
const REST = /^cp -an? \/copies\/.* \.firmseal\/$/;

/** The drill of docs/how-to/back-up-and-restore.md for the embedded PostgreSQL, which copies directories while everything is stopped. */
describe('a data directory that was lost and copied back', () => {
	afterEach(endAll);

	it('is detected as older by its anchors, and is complete once its log is rebuilt', async () => {
		const [directory, copies, elsewhere, apart] = [newDirectory(), newDirectory(), newDirectory(), newDirectory()];
		const env = { FIRMSEAL_DATA_DIR: directory, FIRMSEAL_PORT: '0' };
		const at = (name: string) => join(directory, name);
		const run = (...which: readonly RegExp[]) => {
			const commands = COMMANDS.filter((command) => which.some((one) => one.test(command)));
			const places = { '.firmseal': directory, '/copies': copies, '/elsewhere': elsewhere, '/apart': apart };
			for (const command of commands) {
				const placed = Object.entries(places).reduce((text, place) => text.replaceAll(...place), command);
				execFileSync('sh', ['-c', placed], { stdio: 'pipe' });
			}
			return commands.length;
		};
		const isAnchored = (text: string) =>
			readdirSync(at('anchors'), { recursive: true, withFileTypes: true })
				.filter((entry) => entry.isFile())
				.some(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8').includes(text));
		const tokenOf = (api: Awaited<ReturnType<typeof startApi>>) => tokensOf(api)[MEMBER] ?? '';
		const stop = async (api: Awaited<ReturnType<typeof startApi>>) => {
			api.kill('SIGTERM');
			expect(await api.ended).toMatchObject({ code: 0 });
			expect(postmasterOf(directory)).toBeNull();
		};

		const first = await startApi(env);
		const written = await first.ask(tokenOf(first), CREATE, { input: { title: 'Before the copy.', body: 'B' } });
		const document = await makeDocument(first.ask, tokenOf(first));
		const bytes = someBytes(100_000);
		await filesAt(first.url).put(tokenOf(first), document, bytes);
		await stop(first);
		expect(run(COPIES)).toBe(4);
		// The keyring is copied apart from the data that it opens, and the root key apart from both; each copy has its own directory.
		const inCopies = (place: string) => readdirSync(place).map((copy) => readdirSync(join(place, copy)));
		expect([inCopies(elsewhere), inCopies(apart)]).toEqual([[['keyring']], [['root.key']]]);
		expect(() => run(COPIES)).toThrow('File exists');

		const second = await startApi(env);
		await second.ask(tokenOf(second), CREATE, { input: { title: 'After the copy.', body: 'A' } });
		// The end of a lease is anchored at once, with every entry before it.
		const token = (who: string) => tokensOf(second)[who] ?? '';
		const firm = { id: written.data.createNote.note.firmId, owner: token('owner@northgate.example') };
		const approver = await firmseal(env, 'token', '--user', 'approver@platform.example');
		const lease = await activeLease({
			ask: second.ask,
			firm,
			operator: token('operator@platform.example'),
			approver: approver.stdout.trim(),
		});
		await leasesOver(second.ask).step(firm.owner, 'revoke', lease.id);
		await until(() => isAnchored('lease.revoke'));
		await stop(second);
		for (const part of ['objects', 'keyring', 'root.key']) rmSync(at(part), { recursive: true });
		// The newer cluster still exists, with files that the older one does not have, such as a table's visibility map.
		const newer = 'postgres/of-the-newer-cluster';
		writeFileSync(at(newer), '');
		expect([run(ASIDE), run(REST)]).toEqual([1, 3]);
		expect([existsSync(at(newer)), existsSync(join(`${directory}-lost`, newer))]).toEqual([false, true]);
		rmSync(`${directory}-lost`, { recursive: true });

		// Without its keys the installation does not open, and no new keys are created.
		const keyless = await firmseal(env, 'doctor', '--after-restore');
		expect([keyless.code, keyless.stdout]).toEqual([1, expect.stringMatching(/^WRONG the installation opens\n/)]);
		expect(run(KEYS)).toBe(2);

		expect((await wrongAfterRestore(env)).map(({ check }) => check)).toEqual(['the log agrees with its anchors']);
		expect(await firmsealJson(env, 'audit', 'rebuild')).toMatchObject({ code: 0, result: { state: 'REBUILT' } });
		expect(await wrongAfterRestore(env)).toEqual([]);

		const third = await startApi(env);
		const { data } = await third.ask(
			tokenOf(third),
			`{ note(id: "${written.data.createNote.note.id}") { title body } }`,
		);
		expect(data.note).toEqual({ title: 'Before the copy.', body: 'B' });
		expect((await filesAt(third.url).get(tokenOf(third), contentOf(document))).bytes.equals(bytes)).toBe(true);
		await stop(third);

		// If the whole directory is lost, its anchors are lost too, and nothing shows that the copy is older.
		rmSync(directory, { recursive: true });
		mkdirSync(directory, { mode: 0o700 });
		expect(run(KEYS, REST)).toBe(5);
		expect(await wrongAfterRestore(env)).toEqual([]);
	}, 120_000);
});
