import type { Page, Route } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { NEW_KEY } from '../audit/verify/bundle-cases.ts';
import { TestLog } from '../audit/verify/write-log.ts';
import { describeInChromium } from '../support/chromium.ts';
import { requestLease } from './request-lease.ts';
import { expectAccessible, expectToFit, openPagesScene, type PagesScene } from './scene.ts';

type Json = { [name: string]: Json } & Json[];

const FIRM = 'Northgate Legal';
const COMPLETE = 'The log is complete and unbroken:';
const EARLIER = /this browser was sent a log that did not verify\./;

/** Who checks a log, and at which screen. */
const PEOPLE = [
	['auditor@platform.example', '/log/check'],
	['owner@northgate.example', '/access'],
] as const;

describeInChromium('the log, checked in the browser of an auditor and of an owner', () => {
	let scene: PagesScene;
	beforeAll(async () => {
		scene = await openPagesScene();
	}, 120_000);
	afterEach(() => scene.forget());
	afterAll(() => scene.close());

	/** Begins a check. The auditor chooses the firm first. */
	async function check(page: Page) {
		if (page.url().endsWith('/log/check'))
			await page.getByRole('combobox', { name: 'Firm' }).selectOption({ label: FIRM });
		await page.locator('[data-phase]').waitFor();
	}

	async function visitAgain(page: Page) {
		await page.reload();
		await check(page);
	}

	/** Changes what the server answers to the page until the returned function is called. */
	async function tamper(page: Page, change: (data: Json) => void): Promise<() => Promise<void>> {
		const handler = async (route: Route) => {
			// A page that is left takes its requests with it.
			const answer = await route.fetch().catch(() => null);
			if (answer === null) return;
			const json = (await answer.json()) as Json;
			if (json.data) change(json.data);
			await route.fulfill({ response: answer, json });
		};
		await page.route('**/graphql', handler);
		// An answer that is on its way is still changed.
		return () => page.unrouteAll({ behavior: 'wait' });
	}

	/** Of the firm's own tree: a checkpoint of the root tree is in no other. */
	const checkpointIn = ({ auditCheckpoint: found }: Json): Json | null => (found?.rootInclusion ? found : null);

	/** Changes what the browser has kept. */
	const changeKept = (page: Page, change: string) =>
		page.evaluate<unknown>(`(async () => {
			const result = (request) => new Promise((resolve, reject) => {
				request.onsuccess = () => resolve(request.result);
				request.onerror = () => reject(request.error);
			});
			const database = await result(indexedDB.open('firmseal-log', 1));
			const logs = database.transaction('logs', 'readwrite').objectStore('logs');
			const [kept] = await result(logs.getAll());
			${change}
			await result(logs.put(kept));
			database.close();
			return kept.origin;
		})()`);

	const alarm = (page: Page, kind: string) => page.locator(`[data-alarm=${kind}]`);

	/** An alarm says what is wrong, and nothing on the screen is called complete. */
	async function expectAlarm(page: Page, kind: string, ...sentences: readonly (string | RegExp)[]) {
		for (const sentence of sentences) await alarm(page, kind).getByText(sentence).waitFor();
		await alarm(page, kind).getByText('Nothing on this page is proven now.').waitFor();
		for (const claim of [COMPLETE, 'The list is complete:', 'Every access that the log names is listed'])
			expect(await page.getByText(claim).count()).toBe(0);
		expect(await page.getByText('What this proves:').count()).toBe(0);
	}

	const expectComplete = (page: Page) => page.getByText(COMPLETE).waitFor();

	it('ends a check with its screen, also while it is running', async () => {
		const page = await scene.signIn('auditor@platform.example', '/log/check');
		const choose = async (label: string) => {
			const started = page.waitForEvent('worker');
			await page.getByRole('combobox', { name: 'Firm' }).selectOption({ label });
			return started;
		};
		const running = await choose(FIRM);
		const ended = running.waitForEvent('close');
		await choose('Harbour Tax');
		await ended;
		const last = await choose(FIRM);
		await expectComplete(page);
		const left = last.waitForEvent('close');
		await page.getByRole('navigation').getByRole('link', { name: 'Firms' }).click();
		await left;
		expect(page.workers()).toEqual([]);
	});

	it('says in words what happened, by the names of the platform’s people and the accounts of others', async () => {
		await requestLease(scene, 'SUP-81');
		const { data } = await scene.api.ask(scene.tokens['owner@northgate.example'] ?? '', '{ viewer { id } }');
		const page = await scene.signIn('auditor@platform.example', '/log');
		const entries = page.getByRole('table').getByRole('row');
		const show = async (action: string, words: string) => {
			await page.getByLabel('Action').fill(action);
			await page.getByRole('button', { name: 'Show entries' }).click();
			return entries.filter({ has: page.getByRole('link', { name: words, exact: true }) }).first();
		};
		const asked = await show('lease.request', 'A lease was requested');
		await asked.getByText('lease.request', { exact: true }).waitFor();
		await asked.getByTitle('operator@platform.example').getByText('Operator', { exact: true }).waitFor();

		await page.getByLabel('Account').fill(data.viewer.id);
		const invited = await show('invitation.create', 'A person was invited');
		await invited
			.locator('summary')
			.getByText(`…${data.viewer.id.slice(-8)}`)
			.click();
		await invited.getByText(data.viewer.id, { exact: true }).waitFor();
		await expectAccessible(page);

		await invited.getByRole('link', { name: 'A person was invited' }).click();
		await page.getByRole('heading', { level: 1, name: 'A person was invited' }).waitFor();
		await page.getByText('invitation.create', { exact: true }).waitFor();
		expect(scene.complaints()).toEqual([]);
	});

	it.each(PEOPLE)(
		'%s: complete, also at the next visit, and what that proves',
		{ timeout: 120_000 },
		async (...who) => {
			const page = await scene.signIn(...who);
			await check(page);
			await expectComplete(page);
			await page.getByText('This browser has kept nothing of this log so far').waitFor();
			await page
				.getByText(/^What this proves: every entry that this browser has seen in the log is still there/)
				.waitFor();
			await page
				.getByText(/^Checked (just now|\d+ seconds? ago)\. The newest signed state of this log was made/)
				.waitFor();
			expect(await page.locator('[data-late]').count()).toBe(0);

			await visitAgain(page);
			await expectComplete(page);
			await page.getByText('It continues exactly what this browser has seen since').waitFor();
			expect(await page.locator('[data-earlier]').count()).toBe(0);

			// A platform that signs nothing any more answers with what it has.
			const at = new Date(Date.now() - 600_000).toISOString();
			const mend = await tamper(page, ({ auditCheckpoint }) => {
				if (auditCheckpoint?.rootInclusion === null) auditCheckpoint.createdAt = at as never;
			});
			await visitAgain(page);
			await expectComplete(page);
			await page.locator('[data-late]').getByText('10 minutes ago').waitFor();
			await expectAccessible(page);
			await mend();
			expect(scene.complaints()).toEqual([]);
		},
	);

	it.each(PEOPLE)('%s: entries that were changed or left out', { timeout: 120_000 }, async (...who) => {
		const page = await scene.signIn(...who);
		await check(page);
		await expectComplete(page);

		const changes: readonly [(nodes: Json[]) => void, RegExp][] = [
			[
				(nodes) => {
					for (const node of nodes.slice(-1))
						node.leaf = String(node.leaf).replace(/"at":"\d{4}/, '"at":"2019') as never;
				},
				/one between .* was changed, added, moved or left out/,
			],
			[
				(nodes) => void nodes.splice(0, 1),
				/The server does not send entry [\d,]+ of the log, although it was signed\./,
			],
		];
		for (const [index, [change, sentence]] of changes.entries()) {
			const mend = await tamper(page, ({ auditEntries }) => change(auditEntries?.nodes ?? []));
			await visitAgain(page);
			await expectAlarm(page, 'LEAVES', 'Entries of the log are not those that were signed.', sentence);
			await visitAgain(page);
			await expectAlarm(page, 'LEAVES', sentence);
			await mend();
			// The server mends it. What was seen stays.
			await visitAgain(page);
			await expectComplete(page);
			await page.locator('[data-earlier]').getByText(EARLIER).waitFor();
			expect(await page.locator('[data-earlier] li').filter({ hasText: sentence }).count()).toBeGreaterThan(0);
			expect(await page.locator('[data-earlier] li').count()).toBeGreaterThan(index);
		}
		await expectAccessible(page);
		expect(scene.complaints()).toEqual([]);
	});

	it.each(PEOPLE)('%s: an older, another or a foreign state', { timeout: 120_000 }, async (...who) => {
		const page = await scene.signIn(...who);
		let old: Json | null = null;
		const listen = await tamper(page, (data) => {
			old ??= structuredClone(checkpointIn(data));
		});
		await visitAgain(page);
		await expectComplete(page);
		await listen();
		await visitAgain(page);
		await expectComplete(page);

		const replay = await tamper(page, (data) => {
			if (checkpointIn(data)) data.auditCheckpoint = old as never;
		});
		await visitAgain(page);
		await expectAlarm(page, 'SHORTER', 'Entries of the log are missing.', /but this browser has seen [\d,]+/);
		await replay();

		// Of a server that has rewritten its log, the browser knows another root.
		const flip = 'kept.head.root[0] ^= 1;';
		await changeKept(page, flip);
		await visitAgain(page);
		await expectAlarm(page, 'FORK', 'The log was changed.', /entries were changed or removed, or there are two logs/);
		await expectAccessible(page);
		await page.setViewportSize({ width: 320, height: 700 });
		await expectToFit(page);
		await page.setViewportSize({ width: 1280, height: 900 });
		await changeKept(page, flip);

		const origin = String(await changeKept(page, ''));
		const known = new TestLog(NEW_KEY).vkey(origin);
		await changeKept(page, `kept.vkeys = [${JSON.stringify(known)}];`);
		await visitAgain(page);
		await expectAlarm(page, 'OTHER_KEY', 'The key of the log was changed.', /Compare the new key/);
		await page.getByRole('button', { name: 'I have compared the key …' }).click();
		await page.getByRole('button', { name: 'Trust this key from now on' }).click();
		await expectComplete(page);
		await page.locator('[data-earlier]').getByText(EARLIER).waitFor();
		expect(await page.locator('[data-earlier] li').count()).toBeGreaterThanOrEqual(3);
		await visitAgain(page);
		await expectComplete(page);
		expect(scene.complaints()).toEqual([]);
	});
});
