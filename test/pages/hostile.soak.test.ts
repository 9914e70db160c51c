import { createServer } from 'node:http';
import { crc32, deflateSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeInChromium } from '../support/chromium.ts';
import { listen } from '../support/listen.ts';
import { openPagesScene, type PagesScene, untilShown } from './scene.ts';

const MEMBER = 'member@northgate.example';
const CLIENT = 'client@northgate.example';
const OPERATOR = 'operator@platform.example';

/** Would tell the test that it ran. */
const SCRIPT = `complain('it ran')`;
const MARKUP = `<img src=x onerror="${SCRIPT}"><script>${SCRIPT}</script><svg onload="${SCRIPT}">`;
/** Reads as "invoice exe.pdf" where the override is obeyed; the second has a blank without width. */
const REVERSED = 'invoice \u202Efdp.exe';
const INVISIBLE = 'pay\u200Bpal';

/** A black square of so many pixels a side (PNG, one bit a pixel). */
function pngOf(side: number): Buffer {
	const header = Buffer.alloc(13);
	header.writeUInt32BE(side, 0);
	header.writeUInt32BE(side, 4);
	header.writeUInt8(1, 8);
	const chunk = (type: string, data: Buffer) => {
		const named = Buffer.concat([Buffer.from(type), data]);
		const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
		length.writeUInt32BE(data.length);
		sum.writeUInt32BE(crc32(named));
		return [length, named, sum];
	};
	return Buffer.concat([
		Buffer.from('89504e470d0a1a0a', 'hex'),
		...chunk('IHDR', header),
		...chunk('IDAT', deflateSync(Buffer.alloc(side * (1 + Math.ceil(side / 8))))),
		...chunk('IEND', Buffer.alloc(0)),
	]);
}

describeInChromium('the pages and what strangers make', () => {
	let scene: PagesScene;
	/** A page of another program of this machine, which to the browser is the same site. */
	let origin: string;
	const stranger = createServer((_, response) =>
		response.setHeader('content-type', 'text/html').end('<h1>Win a prize</h1>'),
	);
	beforeAll(async () => {
		scene = await openPagesScene();
		origin = `http://127.0.0.1:${await listen(stranger)}`;
	}, 120_000);
	afterEach(() => scene.forget());
	afterAll(async () => {
		stranger.close();
		stranger.closeAllConnections();
		await scene.close();
	});

	const ask = async (query: string, variables: object) => {
		const { data, text } = await scene.api.ask(scene.tokens[MEMBER] ?? '', query, variables as Record<string, unknown>);
		if (!data) throw new Error(text);
		return data;
	};

	/** Everything of the page is text: no element came from what someone wrote, and nothing ran. */
	async function expectOnlyText(page: Page) {
		expect(await page.locator('main').textContent()).toContain('<img src=x');
		expect(await page.locator('img[src="x"], main script, svg[onload]').count()).toBe(0);
		expect(scene.complaints()).toEqual([]);
	}

	it('show hidden characters and markup of notes as text', async () => {
		const body = `${MARKUP}\n${REVERSED}\n${INVISIBLE}`;
		const { createNote } = await ask(
			'mutation($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }',
			{
				input: { title: `${MARKUP} ${REVERSED}`, body },
			},
		);
		const page = await scene.signIn(MEMBER, '/notes');
		await page.getByRole('link', { name: 'U+202E' }).first().waitFor();
		await expectOnlyText(page);
		await page.goto(`${scene.api.url}/#/notes/${createNote.note.id}`);
		const article = page.getByRole('article');
		await article.getByText('U+200B').waitFor();
		await expectOnlyText(page);
		expect(await article.textContent()).toContain('invoice U+202Efdp.exe');
		expect(await article.textContent()).toContain('payU+200Bpal');
		expect(await article.textContent()).not.toMatch(/[\u202E\u200B]/);
	});

	it('run no file of a document, and have no preview that could', async () => {
		const page = await scene.signIn(MEMBER, '/documents');
		const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="top.${SCRIPT}"><script>top.${SCRIPT}</script></svg>`;
		const files = [
			{ name: 'picture.svg', mimeType: 'image/svg+xml', text: svg },
			{ name: 'page.html', mimeType: 'text/html', text: `<h1>hello</h1>${MARKUP}` },
			{ name: 'false.png', mimeType: 'image/png', text: svg },
		];
		for (const { name, mimeType, text } of files) {
			await page.goto(`${scene.api.url}/#/documents`);
			await page.locator('input[type=file]').setInputFiles({ name, mimeType, buffer: Buffer.from(text) });
			await page.getByRole('dialog').getByRole('button', { name: 'Upload', exact: true }).click();
			const done = page.locator('li[data-state=DONE]').filter({ hasText: name });
			await done.getByRole('link').click();
			await page.getByRole('heading', { level: 1, name }).waitFor();
			const preview = page.getByRole('button', { name: 'Preview', exact: true });
			if (mimeType === 'image/svg+xml') {
				await page.getByText('No preview for this kind of file').waitFor();
				expect(await preview.count()).toBe(0);
			} else {
				await preview.click();
				if (mimeType === 'text/html') {
					await page.getByRole('region', { name: 'Text of the file' }).getByText('<h1>hello</h1>').waitFor();
					expect(await page.getByRole('heading', { name: 'hello' }).count()).toBe(0);
				} else await page.getByText('No preview: the file is too large, or not what its type says.').waitFor();
			}
			expect(await page.locator('img[src="x"], main script, svg[onload], iframe, object, embed').count()).toBe(0);
			// Even opened on its own it is a file to save, not a page of this origin.
			const coming = page.waitForEvent('download');
			await page.getByRole('button', { name: 'Download', exact: true }).click();
			const download = await coming;
			expect(new URL(download.url()).origin).toBe(scene.api.url);
			expect(page.url()).toContain('#/documents/');
			expect(scene.complaints()).toEqual([]);
		}
	});

	it('paint an image, and none that would take gigabytes', async () => {
		const page = await scene.signIn(MEMBER);
		const preview = async (name: string, image: Buffer) => {
			await page.goto(`${scene.api.url}/#/documents`);
			await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'image/png', buffer: image });
			await page.getByRole('dialog').getByRole('button', { name: 'Upload', exact: true }).click();
			await page.locator('li[data-state=DONE]').filter({ hasText: name }).getByRole('link').click();
			await page.getByRole('heading', { level: 1, name }).waitFor();
			await page.getByRole('button', { name: 'Preview', exact: true }).click();
		};
		const image = page.getByRole('img', { name: /^Preview of / });
		await preview('plan.png', pngOf(640));
		await image.waitFor();
		const bomb = pngOf(20_000);
		expect(bomb.length).toBeLessThan(100_000);
		await preview('bomb.png', bomb);
		await page.getByText('No preview: the image has more than 100 million pixels. Download it instead.').waitFor();
		expect(await image.count()).toBe(0);
		await preview('cut.png', pngOf(640).subarray(0, 20));
		await page.getByText('The image is damaged. Download the file to look at it.').waitFor();
	});

	it('show markup as text to a portal client and to an operator', async () => {
		const { viewer } = (await scene.api.ask(scene.tokens[CLIENT] ?? '', '{ viewer { client { id } firm { id } } }'))
			.data;
		const { createThread } = await ask(
			'mutation($input: CreateThreadInput!) { createThread(input: $input) { thread { id } } }',
			{ input: { clientId: viewer.client.id } },
		);
		const threadId = createThread.thread.id;
		await ask('mutation($input: CreateMessageInput!) { createMessage(input: $input) { message { id } } }', {
			input: { threadId, subject: REVERSED, body: MARKUP },
		});
		await ask('mutation($input: ShareWithClientInput!) { shareWithClient(input: $input) { client { id } } }', {
			input: { clientId: viewer.client.id, subject: { threadId } },
		});
		const portal = await scene.signIn(CLIENT, `/threads/${threadId}`);
		await portal.getByRole('heading', { name: 'invoice U+202Efdp.exe' }).waitFor();
		await expectOnlyText(portal);

		await ask('mutation($input: CreateClientInput!) { createClient(input: $input) { client { id } } }', {
			input: { name: MARKUP },
		});
		const operator = await scene.signIn(OPERATOR, `/firms/${viewer.firm.id}/clients`);
		await operator.getByText('<img src=x', { exact: false }).first().waitFor();
		await expectOnlyText(operator);
	});

	/** A tab of the person who is signed in, on the hostile page. */
	async function lure() {
		const page = await scene.signIn(MEMBER);
		await untilShown(page);
		const hostile = await page.context().newPage();
		await hostile.goto(origin);
		return hostile;
	}

	it.each(['/', '/operator', '/verify', '/assets/signed-in.html', '/issuer/authorize'])(
		'cannot be framed at %s',
		async (path) => {
			const hostile = await lure();
			await hostile.evaluate(`new Promise((resolve) => {
			const frame = document.createElement('iframe');
			frame.src = '${scene.api.url}${path}';
			frame.onload = resolve;
			document.body.append(frame);
		})`);
			const frame = hostile.frames()[1];
			expect(frame?.url()).toBe('chrome-error://chromewebdata/');
		},
	);

	it('let another page read nothing with the cookies of the person, nor sign them in', async () => {
		const hostile = await lure();
		const attempts = await hostile.evaluate(`(async () => {
			const read = (path, options) => fetch('${scene.api.url}' + path, { credentials: 'include', ...options })
				.then(async (answer) => answer.status + ' ' + (await answer.text()), () => 'refused');
			const form = new URLSearchParams({ email: '${MEMBER}' });
			return {
				settings: await read('/assets/config.json'),
				events: await read('/events'),
				api: await read('/graphql', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":"{viewer{email}}"}' }),
				discovery: await read('/issuer/.well-known/openid-configuration'),
				code: await read('/issuer/authorize?client_id=firmseal-pages&response_type=code&scope=openid&redirect_uri=${scene.api.url}/'),
				click: await read('/issuer/sign-in', { method: 'POST', body: form }),
				token: await read('/issuer/token', { method: 'POST', body: form }),
			};
		})()`);
		expect(attempts).toEqual({
			settings: 'refused',
			events: 'refused',
			api: 'refused',
			discovery: 'refused',
			code: 'refused',
			click: 'refused',
			token: 'refused',
		});
	});

	it('give no code to another page', async () => {
		const hostile = await lure();
		const request = new URLSearchParams({
			client_id: 'firmseal-pages',
			response_type: 'code',
			scope: 'openid',
			redirect_uri: `${origin}/`,
			state: 'mine',
			code_challenge: 'A'.repeat(43),
			code_challenge_method: 'S256',
		});
		const refused = await hostile.goto(`${scene.api.url}/issuer/authorize?${request}`);
		expect(refused?.status()).toBe(400);
		expect(new URL(hostile.url()).origin).toBe(scene.api.url);
		await hostile.getByText('The page that sent you here does not belong to this server').waitFor();
	});

	it('sign no one in as someone else by an answer that they did not ask for', async () => {
		const other = await scene.signIn('owner@harbour.example');
		const answered = other.waitForRequest((request) => request.url().includes('/?code='));
		await other.reload();
		const foreign = new URL((await answered).url()).search;
		const hostile = await lure();
		await hostile.goto(`${scene.api.url}/${foreign}#/account`);
		await hostile.getByRole('button', { name: 'Sign out', exact: true }).waitFor();
		await hostile.getByRole('navigation', { name: 'Screens' }).waitFor();
		expect(await hostile.getByText('Northgate Legal').count()).toBeGreaterThan(0);
		expect(await hostile.getByText('Harbour Tax').count()).toBe(0);
	});

	it('keep no token where another page or program could find it', async () => {
		for (const [email, at] of [
			[MEMBER, '/notes'],
			['owner@northgate.example', '/access'],
			[OPERATOR, '/firms'],
		] as const) {
			const page = await scene.signIn(email, at);
			await untilShown(page);
			const kept = await page.evaluate(`(async () => {
				const databases = [];
				for (const { name } of await indexedDB.databases()) {
					const database = await new Promise((resolve, reject) => {
						const opening = indexedDB.open(name);
						opening.onsuccess = () => resolve(opening.result);
						opening.onerror = reject;
					});
					for (const store of database.objectStoreNames)
						databases.push(await new Promise((resolve, reject) => {
							const reading = database.transaction(store).objectStore(store).getAll();
							reading.onsuccess = () => resolve(reading.result);
							reading.onerror = reject;
						}));
					database.close();
				}
				return JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, databases, await caches.keys(), location.href, history.state, window.name]);
			})()`);
			expect(kept).not.toMatch(/eyJ[\w-]+\.|code=/);
		}
	});
});
