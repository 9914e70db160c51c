import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { newDirectory } from '../system/program.ts';
import { openPagesScene, type PagesScene } from './scene.ts';

const MEMBER = 'member@northgate.example';
const MB = 1_000_000;

describeInChromium('an upload that something goes wrong with', () => {
	let scene: PagesScene;
	beforeAll(async () => {
		scene = await openPagesScene();
	}, 120_000);
	afterEach(async () => {
		await scene.forget();
		scene.complaints();
	});
	afterAll(() => scene.close());

	const button = (page: Page | Locator, name: string) => page.getByRole('button', { name, exact: true });
	const row = (page: Page, name: string, state: string) =>
		page.locator(`li[data-state=${state}]`).filter({ hasText: name });

	type Chosen = Parameters<Locator['setInputFiles']>[0];
	async function choose(page: Page, file: Chosen) {
		await page.locator('input[type=file]').setInputFiles(file);
		await page.getByRole('dialog').getByRole('button', { name: 'Upload', exact: true }).waitFor();
	}
	async function upload(page: Page, file: Chosen) {
		await choose(page, file);
		await button(page.getByRole('dialog'), 'Upload').click();
	}
	const fileOf = (name: string, bytes: number, mimeType = 'text/plain') => ({
		name,
		mimeType,
		buffer: Buffer.alloc(bytes, 'a'),
	});
	async function documentsNamed(name: string) {
		const query = '{ documents(first: 100) { nodes { name mimeType byteSize versions { number byteSize } } } }';
		const { data } = await scene.api.ask(scene.tokens[MEMBER] ?? '', query);
		return data.documents.nodes.filter((document: { name: string }) => document.name === name);
	}

	it('shows how far it is, and goes on by itself after a connection that was lost in the middle', async () => {
		const page = await scene.signIn(MEMBER, '/documents');
		const session = await page.context().newCDPSession(page);
		const slow = { offline: false, latency: 0, downloadThroughput: 50 * MB };
		await session.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: MB / 4 });
		await upload(page, fileOf('long.txt', 2 * MB));
		const progress = page.getByRole('progressbar', { name: 'Upload of long.txt' });
		await progress.waitFor();
		expect(await page.evaluate('document.querySelector("progress").max')).toBe(2 * MB);
		await expect.poll(() => page.evaluate<number>('document.querySelector("progress").value')).toBeGreaterThan(0);
		await page.getByText(/^\d.* of 2 MB$/).waitFor();
		await session.send('Network.emulateNetworkConditions', { ...slow, offline: true, uploadThroughput: MB / 4 });
		await page.getByRole('status').filter({ hasText: 'No connection to the server.' }).waitFor();
		await session.send('Network.emulateNetworkConditions', { ...slow, uploadThroughput: 50 * MB });
		await row(page, 'long.txt', 'DONE').waitFor();
		expect(await documentsNamed('long.txt')).toMatchObject([{ byteSize: 2 * MB, versions: [{ byteSize: 2 * MB }] }]);
		expect(await page.getByText('No connection to the server.').count()).toBe(0);
	});

	it('offers to start over after a connection that breaks each time', async () => {
		const page = await scene.signIn(MEMBER, '/documents');
		await page.route('**/documents/*/content', (route) => route.abort('connectionreset'), { times: 2 });
		await upload(page, fileOf('broken.txt', 10));
		const failed = row(page, 'broken.txt', 'FAILED');
		await failed.getByRole('alert').getByText('The server does not answer. Check your connection').waitFor();
		await failed.getByText('Not uploaded').waitFor();
		await failed.getByRole('button', { name: 'Upload again broken.txt' }).click();
		await row(page, 'broken.txt', 'DONE').waitFor();
		expect(await documentsNamed('broken.txt')).toMatchObject([{ byteSize: 10, versions: [{ number: 1 }] }]);
	});

	it('does not send a file twice whose answer was lost', async () => {
		const page = await scene.signIn(MEMBER, '/documents');
		let sent = 0;
		await page.route('**/documents/*/content', async (route) => {
			sent++;
			await route.fetch();
			await route.abort('connectionreset');
		});
		await upload(page, fileOf('arrived.txt', 10));
		await row(page, 'arrived.txt', 'DONE').waitFor();
		expect(sent).toBe(1);
		expect(await documentsNamed('arrived.txt')).toMatchObject([{ byteSize: 10, versions: [{ number: 1 }] }]);
	});

	it('says that a file has changed on the disk since it was chosen', async () => {
		const path = join(newDirectory(), 'changing.txt');
		writeFileSync(path, 'one');
		const page = await scene.signIn(MEMBER, '/documents');
		await choose(page, path);
		appendFileSync(path, ' and more');
		await button(page.getByRole('dialog'), 'Upload').click();
		const failed = row(page, 'changing.txt', 'FAILED');
		await failed.getByRole('alert').getByText('The file has changed or gone since you chose it').waitFor();
		expect(await page.getByText('No connection to the server.').count()).toBe(0);
	});

	it('takes an empty file, and one whose type is none', async () => {
		const page = await scene.signIn(MEMBER, '/documents');
		await upload(page, fileOf('empty.txt', 0));
		await row(page, 'empty.txt', 'DONE').waitFor();
		await upload(page, fileOf('strange.x', 3, 'Not a type; at all'));
		await row(page, 'strange.x', 'DONE').waitFor();
		expect(await documentsNamed('empty.txt')).toMatchObject([{ byteSize: 0 }]);
		expect(await documentsNamed('strange.x')).toMatchObject([{ mimeType: 'application/octet-stream', byteSize: 3 }]);
	});

	it.each<readonly [string, number, string, string, RegExp]>([
		[
			'too large for the API',
			413,
			'application/problem+json',
			'{"type":"about:blank","title":"Payload Too Large","status":413,"detail":"A file may have at most 512 GiB: split it.","code":"PAYLOAD_TOO_LARGE"}',
			/^A file may have at most 512 GiB: split it\.$/,
		],
		['too large for a proxy', 413, 'text/html', '<h1>Too large</h1>', /^This is more than the server takes at once\./],
		[
			'refused without space',
			507,
			'application/problem+json',
			'{"type":"about:blank","title":"Insufficient Storage","status":507,"detail":"There is no space for the file: tell the operators of this service.","code":"INTERNAL"}',
			/^There is no space for the file: tell the operators of this service\.$/,
		],
		['stopped by a proxy', 502, 'text/html', '<h1>Bad gateway</h1>', /^The server cannot be reached now \(502\)\./],
	])('%s: a sentence, and a button to try again', async (name, status, contentType, body, sentence) => {
		const page = await scene.signIn(MEMBER, '/documents');
		await page.route('**/documents/*/content', (route) => route.fulfill({ status, contentType, body }), { times: 1 });
		await upload(page, fileOf(name, 10));
		const failed = row(page, name, 'FAILED');
		await failed.getByRole('alert').getByText(sentence).waitFor();
		await failed.getByRole('button', { name: `Upload again ${name}` }).click();
		await row(page, name, 'DONE').waitFor();
		expect(await documentsNamed(name)).toHaveLength(1);
	});

	it('asks before the page is closed while it runs', async () => {
		const page = await scene.signIn(MEMBER, '/documents');
		const { promise, resolve } = Promise.withResolvers<void>();
		await page.route('**/documents/*/content', async (route) => {
			await promise;
			await route.continue();
		});
		await upload(page, fileOf('running.txt', 10));
		await row(page, 'running.txt', 'SENDING').getByRole('progressbar').waitFor();
		const asked = page.waitForEvent('dialog');
		await page.close({ runBeforeUnload: true });
		const question = await asked;
		expect(question.type()).toBe('beforeunload');
		await question.dismiss();
		resolve();
		await row(page, 'running.txt', 'DONE').waitFor();
	});
});
