import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
	copyFileSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { firmseal, firmsealJson, newDirectory } from '../system/program.ts';
import { assertSound, CANARY, type Json, readExport, TABLES, TRICKS } from './export-scene.ts';
import { as, at, directory, expectWhole, exportFirms, exporting, proxied, scene } from './export-stage.ts';

exportFirms();

let whole: Awaited<ReturnType<typeof firmsealJson>>;
beforeAll(async () => {
	whole = await firmsealJson(as(scene.north.owner), ...exporting('whole'));
});

describe('firmseal firm export', () => {
	it('writes every record of the firm once, readable only by the user', async () => {
		expect([whole.code, whole.error]).toEqual([0, undefined]);
		await expectWhole('whole');
		const { names, records, manifest } = readExport(at('whole'));
		expect(records('members.jsonl').map(({ role }) => role)).toEqual(['OWNER', 'MEMBER', 'CLIENT']);
		expect(manifest).toMatchObject({
			format: 'firmseal-firm-export',
			version: 1,
			firm: { id: scene.north.id, slug: 'north' },
			isSnapshot: false,
			failures: [],
		});
		expect(manifest.begun < manifest.ended).toBe(true);
		expect(names.filter((name) => !name.startsWith('files/'))).toEqual(
			[...Object.keys(TABLES), 'README.txt', 'firm.json', 'manifest.json', 'members.jsonl'].toSorted(),
		);
		expect(whole.result).toMatchObject({ firmId: scene.north.id, slug: 'north', failures: 0, isResumed: false });
		expect(whole.result.counts).toMatchObject({
			Thread: 20,
			Message: 239,
			Comment: 18,
			InvoiceLineItem: 36,
			DocumentVersion: 11,
		});
	});

	it('writes each record as the API returns it', async () => {
		const { records, read } = readExport(at('whole'));
		const ask = async (query: string): Promise<Json> => (await scene.api.ask(scene.north.owner, query)).data;
		const dated = 'createdAt updatedAt';
		const sealed = 'sealedFields { name envelope stamp }';
		const who = `author { id name email } ${dated} ${sealed}`;
		const base = `id firmId revision ${who}`;
		for (const note of records('notes.jsonl'))
			expect({ note }).toEqual(await ask(`{ note(id: "${note.id}") { ${base} title body } }`));
		for (const message of records('messages.jsonl').slice(0, 15))
			expect({ message }).toEqual(await ask(`{ message(id: "${message.id}") { ${base} thread { id } subject body } }`));
		for (const invoice of records('invoices.jsonl'))
			expect({ invoice }).toEqual(
				await ask(`{ invoice(id: "${invoice.id}") { ${base} client { id } number status currency total amountDue issuedAt dueAt memo
					sharedWith { id } lineItems { id firmId revision invoice { id } position ${dated} ${sealed} description quantity unitAmount } } }`),
			);
		for (const document of records('documents.jsonl'))
			expect({ document }).toEqual(
				await ask(`{ document(id: "${document.id}") { ${base} client { id } name mimeType byteSize status description bucket objectKey sha256
					sharedWith { id } versions { ${base} document { id } number byteSize changeSummary bucket objectKey sha256 } } }`),
			);
		for (const timeEntry of records('time-entries.jsonl'))
			expect({ timeEntry }).toEqual(
				await ask(`{ timeEntry(id: "${timeEntry.id}") { ${base} client { id } minutes startedAt description } }`),
			);
		for (const node of records('comments.jsonl'))
			expect({ node }).toEqual(
				await ask(
					`{ node(id: "${node.id}") { ... on Comment { ${base} document { id } message { id } note { id } invoice { id } text } } }`,
				),
			);
		for (const thread of records('threads.jsonl'))
			expect({ thread }).toEqual(
				await ask(
					`{ thread(id: "${thread.id}") { id firmId revision author { id name email } ${dated} client { id } sharedWith { id } } }`,
				),
			);
		const { viewer } = await ask('{ viewer { firm { id slug name status revision createdAt } } }');
		expect(JSON.parse(read('firm.json').toString())).toMatchObject(viewer.firm);
	});

	it('writes the file of every version under a name that stays inside the export', () => {
		const { names, read, manifest } = readExport(at('whole'));
		const { large, documents } = scene;
		expect(read(`files/${large.id}/1/large.bin`).equals(large.first)).toBe(true);
		expect(read(`files/${large.id}/2/large.bin`).equals(large.second)).toBe(true);
		for (const name of TRICKS) {
			const [path = '', more] = names.filter((each) => each.startsWith(`files/${documents.get(name)}/`));
			expect([read(path).toString(), more]).toEqual([`file of ${CANARY} in ${name}`, undefined]);
			expect(path.split('/')).toHaveLength(4);
		}
		expect(names.filter((name) => name.startsWith('files/'))).toHaveLength(10);
		expect(manifest.files.filter(({ isVerified }: Json) => isVerified)).toHaveLength(10);
		expect(existsSync(at('outside.txt'))).toBe(false);
	});

	it('prints its progress, but no content', () => {
		expect(JSON.stringify(whole)).not.toContain(CANARY);
		expect(whole.stderr).toContain('Threads with messages: 20/20\n');
		expect(whole.stderr).toMatch(/Files: 5\.\d MiB of 5\.\d MiB\n/);
	});

	it('says with --dry-run what it would do, and opens no content', async () => {
		const before = await scene.entries();
		const { result, code } = await firmsealJson(as(scene.north.owner), ...exporting('dry', '--dry-run'));
		const { counts, files, bytes } = whole.result;
		expect([code, result]).toMatchObject([0, { dryRun: true, counts, files, bytes }]);
		expect(readdirSync(directory).filter((name) => name.startsWith('dry'))).toEqual([]);
		const since = (await scene.entries()).slice(before.length).map(({ action }) => action);
		expect(since.filter((action) => action.startsWith('content.'))).toEqual([]);
		const { stdout } = await firmseal(as(scene.north.owner), ...exporting('dry', '--dry-run'));
		expect(stdout).toMatch(/^Message +239$/m);
	});

	it('continues an earlier run, and fetches again only what is missing or damaged', async () => {
		// cp -a keeps the modes of directories, which cpSync() does not.
		execFileSync('cp', ['-a', at('whole'), at('given.part')]);
		const { large } = scene;
		writeFileSync(join(at('given.part'), `files/${large.id}/1/large.bin`), 'another');
		renameSync(
			join(at('given.part'), `files/${large.id}/2/large.bin`),
			join(at('given.part'), `files/${large.id}/2/named otherwise`),
		);
		for (const name of ['manifest.json', 'notes.jsonl']) rmSync(join(at('given.part'), name));
		// A version whose document was deleted since.
		const gone = join(at('given.part'), 'files', randomUUID(), '1');
		mkdirSync(gone, { recursive: true });
		writeFileSync(join(gone, 'gone.txt'), 'gone');
		const proxy = await proxied();
		const { code, result } = await firmsealJson(as(scene.north.owner, proxy.url), ...exporting('given'));
		expect([code, result]).toEqual([0, { ...whole.result, directory: at('given'), isResumed: true }]);
		expect(proxy.files).toEqual([`/documents/${large.id}/versions/1/content`]);
		await expectWhole('given');
		expect(readExport(at('given')).names).toEqual(readExport(at('whole')).names);
	});

	it.each(['named.part', 'named.PART/'])('refuses a name that an incomplete export would have: %s', async (name) => {
		const { code, error } = await firmsealJson(as(scene.harbour.owner), ...exporting(name));
		expect([code, error?.code, existsSync(at(name))]).toEqual([1, 'BAD_USER_INPUT', false]);
		expect(error.message).toBe('A name that ends with .part is that of an incomplete export: name another with --out.');
	});

	it('accepts the firm’s own slug or id, and names its directory by the slug', async () => {
		const cwd = newDirectory();
		const { result } = await firmsealJson(
			as(scene.harbour.owner),
			'firm',
			'export',
			'--firm',
			'harbour',
			'--out',
			join(cwd, 'x/'),
		);
		expect(result.directory).toBe(join(cwd, 'x/'));
		assertSound(join(cwd, 'x'));
		const dry = await firmsealJson(as(scene.harbour.owner), 'firm', 'export', '--firm', scene.harbour.id, '--dry-run');
		expect(dry.result.directory).toBe('export-harbour');
	});
});

describe('an export', () => {
	it('is refused to anyone but an owner, and for another firm', async () => {
		const runs = await Promise.all(
			[scene.north.member, scene.north.client, scene.operator, scene.auditor, 'nonsense'].map((token) =>
				firmsealJson(as(token), ...exporting('refused')),
			),
		);
		expect(runs.map(({ code, error }) => [code, error.code])).toEqual([
			...Array(4).fill([1, 'FORBIDDEN']),
			[1, 'UNAUTHENTICATED'],
		]);
		expect(runs[0]?.error.message).toBe(
			'Only an owner of the firm can export it: set FIRMSEAL_TOKEN to the token of one.',
		);
		const other = await firmsealJson(as(scene.north.owner), ...exporting('refused', '--firm', 'harbour'));
		const byId = await firmsealJson(as(scene.north.owner), ...exporting('refused', '--firm', scene.harbour.id));
		const none = await firmsealJson({ FIRMSEAL_URL: scene.api.url }, ...exporting('refused'));
		const away = await firmsealJson(as(scene.north.owner, 'http://127.0.0.1:1'), ...exporting('refused'));
		const nowhere = await firmsealJson(as(scene.north.owner), 'firm', 'export', '--out', '');
		expect([other, byId, none, away, nowhere].map(({ code, error }) => [code, error.code])).toEqual([
			[1, 'NOT_FOUND'],
			[1, 'NOT_FOUND'],
			[1, 'UNAUTHENTICATED'],
			[1, 'SETUP'],
			[2, 'BAD_USER_INPUT'],
		]);
		expect(readdirSync(directory).filter((name) => name.startsWith('refused'))).toEqual([]);
	});

	it('replaces an earlier export only with --force, and never anything else', async () => {
		const proxy = await proxied();
		const harbour = as(scene.harbour.owner, proxy.url);
		await firmsealJson(harbour, ...exporting('twice'));
		const { ino } = statSync(at('twice'));
		const refused = await firmsealJson(harbour, ...exporting('twice'));
		expect([refused.code, refused.error.code, statSync(at('twice')).ino]).toEqual([1, 'CONFLICT', ino]);
		expect(refused.error.message).toContain('--force');
		const forced = await firmsealJson(harbour, ...exporting('twice', '--force'));
		expect([forced.code, statSync(at('twice')).ino === ino]).toEqual([0, false]);
		assertSound(at('twice'));
		// A file of the user whose name looks like a name of the command.
		writeFileSync(at('twice.replaced'), 'mine');
		expect((await firmsealJson(harbour, ...exporting('twice', '--force'))).code).toBe(0);
		rmSync(at('twice.replaced'));
		mkdirSync(at('twice.replaced'));
		writeFileSync(at('twice.replaced/mine'), 'mine');
		expect((await firmsealJson(harbour, ...exporting('twice', '--force'))).code).toBe(0);
		expect(readdirSync(at('twice.replaced'))).toEqual(['mine']);
		expect(readdirSync(directory).filter((name) => name.includes('twice'))).toEqual(['twice', 'twice.replaced']);
		const left = `${at('twice')}.${randomUUID()}.replaced`;
		mkdirSync(left);
		expect(await firmseal(harbour, ...exporting('twice', '--force'))).toMatchObject({
			code: 0,
			stdout: expect.stringContaining(`Earlier exports of this name are still in ${JSON.stringify(left)}: `),
		});

		rmSync(left, { recursive: true });
		// A change that keeps the length, which the command notices only when the new export is complete.
		const edited = readFileSync(at('twice/README.txt'), 'utf8').replace(/[a-z]/, 'X');
		writeFileSync(at('twice/README.txt'), edited);
		const kept = await firmseal(harbour, ...exporting('twice', '--force'));
		const [, path = ''] = /may hold something of yours: it is kept as "([^"]+)"\./.exec(kept.stdout) ?? [];
		expect([kept.code, readFileSync(join(path, 'README.txt'), 'utf8')]).toEqual([1, edited]);
		assertSound(at('twice'));

		mkdirSync(at('mine'));
		writeFileSync(at('mine/manifest.json'), '{"format": "of mine"}');
		writeFileSync(at('file'), 'mine');
		mkdirSync(at('other.part'));
		writeFileSync(at('other.part/mine'), 'mine');
		for (const name of ['pipe', 'linked']) mkdirSync(at(name));
		execFileSync('mkfifo', [at('pipe/manifest.json')]);
		symlinkSync(at('twice/manifest.json'), at('linked/manifest.json'));
		// A document with the name and content of a manifest was saved here.
		mkdirSync(at('work/photos'), { recursive: true });
		copyFileSync(at('twice/manifest.json'), at('work/manifest.json'));
		for (const name of ['mine', 'file', 'other', 'pipe', 'linked', 'work']) {
			const { code, error } = await firmsealJson(harbour, ...exporting(name, '--force'));
			expect([name, code, error.code]).toEqual([name, 1, 'CONFLICT']);
		}
		expect([readdirSync(at('mine')), readdirSync(at('other.part'))]).toEqual([['manifest.json'], ['mine']]);
		expect(readdirSync(at('work'))).toEqual(['manifest.json', 'photos']);
		for (const out of ['no/such/place', 'file/place', relative(directory, '/proc/nope')])
			expect((await firmsealJson(harbour, ...exporting(out))).error).toMatchObject({ code: 'BAD_USER_INPUT' });
		await proxy.close();
	});
});
