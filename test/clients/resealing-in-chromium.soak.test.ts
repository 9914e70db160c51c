import { randomBytes } from 'node:crypto';
import { gql } from '@apollo/client';
import type { BrowserContext, JSHandle, Page, Route } from 'playwright-core';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AnsweringSteps } from '../../src/client/connection/index.ts';
import { makeScene, type Scene } from '../attacks/scene.ts';
import { processesOf } from '../pages/traces.ts';
import { describeInChromium, launchWithProfile } from '../support/chromium.ts';
import { idOf } from '../support/claims.ts';
import { newDirectory } from '../system/program.ts';
import { serveCanaryPage } from './canary-origin.ts';
import type * as PageCode from './canary-page.ts';
import { beginCustody, clientOfDevice, type DeviceOfPerson, joinThrough } from './vault-client.ts';

const CREATE = gql`mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }`;
const NOTES =
	'query ($after: String) { notes(first: 100, after: $after) { nodes { id title body } pageInfo { hasNextPage endCursor } } }';
/** A client sends 100 records at once: two times that, and the rest. */
const COUNT = 205;
const PART = 100;

interface Note {
	readonly id: string;
	readonly title: string;
	readonly body: string;
}

interface NotesPage {
	readonly notes: {
		readonly nodes: readonly Note[];
		readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
	};
}

interface Opened {
	readonly context: BrowserContext;
	readonly page: Page;
	readonly code: JSHandle<typeof PageCode>;
}

describeInChromium('a browser that seals the records of a firm again', () => {
	const profile = newDirectory();
	const secret = randomBytes(16).toString('hex');
	let scene: Scene;
	let owner: DeviceOfPerson;
	let origin: Awaited<ReturnType<typeof serveCanaryPage>>;
	let opened: Opened;
	let written: readonly Note[];

	beforeAll(async () => {
		scene = await makeScene();
		origin = await serveCanaryPage(scene.api.url);
		owner = await beginCustody(scene, ['NOTE']);
		opened = await openBrowser();
		await joinBrowser();
		const member = await joinThrough(scene, owner, scene.north.member);
		written = await writeNotes(member);
		await owner.firmseal.connection.append(() => owner.vault.removeMember({ person: idOf(member.person) }));
	});
	afterAll(async () => {
		await opened?.context.close();
		await origin?.close();
	});

	/** The browser with its profile, as it starts again after it ended. */
	async function openBrowser(): Promise<Opened> {
		const context = await launchWithProfile(profile);
		const page = context.pages()[0] ?? (await context.newPage());
		await page.goto(origin.url);
		const code = await page.evaluateHandle<typeof PageCode>("import('/canary-page.js')");
		const person = scene.north.owner;
		const given = { url: origin.url, token: `${person}`, firm: scene.north.id, person: idOf(person), secret };
		await code.evaluate((page, each) => page.open(each), given);
		return { context, page, code };
	}

	/** The browser becomes a device of the owner, whom their other one lets in. */
	async function joinBrowser(): Promise<void> {
		const { code } = opened;
		const answering = new AnsweringSteps(owner.firmseal.connection);
		const id = await code.evaluate((page) => page.ask());
		const request = (await answering.requests()).find((each) => each.id === id);
		if (request === undefined) throw new Error('The browser has not asked to join.');
		await answering.answer(request, idOf(scene.north.owner));
		const shown = await code.evaluate((page) => page.reveal());
		expect((await answering.check(id))?.code).toBe(shown);
		await answering.approve(id);
		await code.evaluate((page) => page.finish());
	}

	/** Half of them by the owner, half by a member who is removed later. */
	async function writeNotes(member: DeviceOfPerson): Promise<Note[]> {
		const clients = [owner, member].map((device) => clientOfDevice(scene, device));
		const notes = Array.from({ length: COUNT }, (_, at) => ({
			id: uuidv7(),
			title: `title ${at}`,
			body: `body ${at}`,
		}));
		for (const [at, input] of notes.entries())
			await clients[at % 2]?.mutate({ mutation: CREATE, variables: { input } });
		return notes;
	}

	/** The part with this number, as the browser sends it, is held back for ever. `isHeld` resolves then, after `hold`. */
	async function holdPart(number: number, hold: (route: Route) => Promise<unknown>) {
		const { promise, resolve } = Promise.withResolvers<void>();
		let parts = 0;
		await opened.page.route('**/graphql', async (route) => {
			const isPart = route.request().postData()?.includes('mutation ResealRecords') === true;
			if (!isPart || ++parts < number) return route.continue();
			await hold(route);
			resolve();
		});
		return { isHeld: promise };
	}

	/** Ends all processes of the browser at once, so that it can write or send nothing more. */
	async function kill(): Promise<void> {
		const ended = opened.context.waitForEvent('close');
		for (const pid of processesOf(profile))
			try {
				process.kill(pid, 'SIGKILL');
			} catch (error) {
				// A process of the browser may end with the one that was killed before it.
				if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
			}
		await ended;
	}

	const countLeft = async (): Promise<number> => {
		const { data } = await scene.api.ask(scene.north.owner, '{ resealing { class count } }');
		return data.resealing.find((each: { readonly class: string }) => each.class === 'NOTE').count;
	};

	/** All notes of the firm, as a device opens them. */
	async function readAll(run: (variables: { readonly after: string | null }) => Promise<unknown>): Promise<Note[]> {
		const all: Note[] = [];
		for (let after: string | null = null; ; ) {
			const { notes } = (await run({ after })) as NotesPage;
			all.push(...notes.nodes.map(({ id, title, body }) => ({ id, title, body })));
			if (!notes.pageInfo.hasNextPage) return all.toSorted((a, b) => (a.id < b.id ? -1 : 1));
			after = notes.pageInfo.endCursor;
		}
	}

	it('that is killed in the middle, before and after the service stores a part, goes on to zero and loses nothing', async () => {
		expect(await countLeft()).toBe(COUNT);
		// The service never gets the second part. Then it stores another one, and the browser never gets the answer.
		for (const [number, hold, left] of [
			[2, async () => undefined, COUNT - PART],
			[1, (route: Route) => route.fetch(), COUNT - 2 * PART],
		] as const) {
			const { isHeld } = await holdPart(number, hold);
			const run = opened.code
				.evaluate((page) => page.reseal('NOTE'))
				.then(
					() => 'ended',
					() => 'cut off',
				);
			await isHeld;
			await kill();
			expect(await run).toBe('cut off');
			expect(await countLeft()).toBe(left);
			opened = await openBrowser();
		}
		const { code } = opened;
		expect(await code.evaluate((page) => page.reseal('NOTE'))).toEqual({
			resealed: COUNT - 2 * PART,
			refused: [],
			left: 0,
		});
		expect(await countLeft()).toBe(0);
		const expected = written.toSorted((a, b) => (a.id < b.id ? -1 : 1));
		expect(
			await readAll(async (variables) =>
				code.evaluate((page, [text, values]) => page.run(text, values), [NOTES, { ...variables }] as const),
			),
		).toEqual(expected);
		const client = clientOfDevice(scene, owner);
		const query = gql(NOTES);
		expect(
			await readAll(async (variables) => (await client.query({ query, variables, fetchPolicy: 'network-only' })).data),
		).toEqual(expected);
	});
});
