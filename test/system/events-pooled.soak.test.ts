import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listenTo } from '../support/event-listener.ts';
import { LOGINS, makeInstallation, PASSWORD, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { PGBOUNCER, type Pooler, startPgbouncer } from '../support/pgbouncer.ts';
import { steppedClock } from '../support/stepped-clock.ts';

const CREATE = 'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }';
const TITLE = `through pgbouncer${PGBOUNCER ? '' : ' (skipped: it is not installed)'}`;

describe.skipIf(!PGBOUNCER)(`streams of events ${TITLE}`, () => {
	let pooler: Pooler;
	let installation: TestInstallation;

	beforeAll(async () => {
		pooler = await startPgbouncer(embedded, {
			users: Object.fromEntries(Object.values(LOGINS).map((login) => [login, PASSWORD])),
			serverConnections: 8,
		});
		installation = await makeInstallation(embedded, { pooled: pooler.pooled });
	});
	afterAll(async () => {
		await installation?.close();
		await pooler?.stop();
	});

	it('tell people of both planes of a change, once', async () => {
		const clock = steppedClock();
		const firm = await installation.addFirm('north');
		const operator = await installation.addOperator('OPERATOR');
		const api = await installation.serve({}, { clock });
		const streams = [await listenTo(api.url, firm.member), await listenTo(api.url, operator)];
		for (const stream of streams) expect((await stream.next()).event).toBe('resync');
		await clock.advance(15_000);
		for (const stream of streams) await stream.untilBeat();
		const { data } = await api.ask(firm.member, CREATE, { input: { title: 'a', body: 'b' } });
		await clock.advance(15_000);
		for (const stream of streams) {
			const heard = (await stream.untilBeat()).map(({ data: { id } }) => id);
			expect(heard).toEqual([data.createNote.note.id]);
			stream.close();
		}
	});
});
