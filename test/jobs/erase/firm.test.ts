import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeyring } from '../../../src/wiring/index.ts';
import { leasesOver } from '../../leases/by-api.ts';
import { contentOf, filesAt } from '../../support/files.ts';
import type { TestApi, TestFirm, TestInstallation } from '../../support/installation.ts';
import { activeLease } from '../../support/leases.ts';
import { embedded } from '../../support/own-servers.ts';
import type { Person } from '../../support/person.ts';
import { makePopulated } from '../../support/populated.ts';
import { steppedClock } from '../../support/stepped-clock.ts';
import { firmseal, unmarked } from '../../system/program.ts';
import type { Expected } from '../load.ts';
import { expectAll, expectNone, writeMails } from '../mails.ts';
import { ended, readNotes, writeNotes } from '../stage.ts';
import { documentWithFiles, objectsIn, requestAndApprove, rowsOf, twoApprovers } from './scene.ts';

const NOTE = (id: string) => `{ note(id: "${id}") { title body } }`;

describe('an erased firm', () => {
	let installation: TestInstallation;
	let api: TestApi;
	let north: TestFirm;
	let harbour: TestFirm;
	let people: Awaited<ReturnType<typeof twoApprovers>>;
	let notes: string[];
	let all: Map<string, Expected>;
	let theirs: string[];
	let document: string;
	let job: string;
	let keys: readonly { class: string; version: number; wrapped: Buffer }[];

	beforeAll(async () => {
		({ installation, north, harbour } = await makePopulated(embedded));
		api = await installation.serve();
		people = await twoApprovers(installation);
		all = await writeMails(installation, north);
		const own = ['one', 'two'];
		notes = await writeNotes(api, north, own);
		for (const [index, id] of notes.entries())
			all.set(id, { title: `Title: ${own[index]}`, body: own[index] ?? '', revision: 1 });
		theirs = await writeNotes(api, harbour, ['theirs']);
		document = await documentWithFiles(api, north, ['testament'], north.clientId);
		await documentWithFiles(api, harbour, ['other testament']);
		keys = (await installation.admin`
			select class, version::int, wrapped from data_keys where firm_id = ${north.id}`) as unknown as typeof keys;
	});
	afterAll(() => installation?.close());

	/** An approval and a denial, each with its reason. Returns the reasons. */
	async function decideWithReasons(operator: Person): Promise<string[]> {
		const leases = leasesOver(api.ask);
		const [approved, denied] = [await leases.requested(operator, north.id), await leases.requested(operator, north.id)];
		const [why, whyNot] = ['The widow has called.', 'The will is sealed.'];
		const { id, requestHash } = approved;
		const answers = [
			await api.ask(
				north.owner,
				`mutation { approveBreakGlass(leaseId: "${id}", requestHash: "${requestHash}", reason: "${why}") { lease { id } } }`,
			),
			await api.ask(
				people.tokens.one,
				`mutation { denyBreakGlass(leaseId: "${denied.id}", reason: "${whyNot}") { lease { id } } }`,
			),
		];
		expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
		expect(await rowsWith([why])).toEqual(['lease_decision_texts']);
		expect(await rowsWith([whyNot])).toEqual(['lease_decision_texts']);
		return [why, whyNot];
	}

	/** The tables with a row that contains one of the texts, each once. */
	async function rowsWith(texts: readonly string[]): Promise<string[]> {
		const tables = await installation.admin`
			select relname as name from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`;
		const found: string[] = [];
		for (const { name } of tables) {
			const [row] = await installation.admin`
				select exists (select from ${installation.admin(name)} each, unnest(${[...texts]}::text[]) given
					where position(given in each::text) > 0) as has`;
			if (row?.has) found.push(name);
		}
		return found;
	}

	it('has a waiting period in which nothing happens, even by SQL, and the erasure can be cancelled', async () => {
		await installation.startWorker({}, { propagationSeconds: 0 });
		const before = await rowsOf(installation, north.id);
		const asked = await people.as('one', 'erase', 'firm', '--firm', 'north');
		expect(asked).toMatchObject({ code: 0, result: { inventory: { rows: { notes: all.size, documents: 1 } } } });
		const id = asked.result.jobs[0].id as string;
		// A repeated request returns the same job; with other days it is refused.
		for (const who of ['one', 'two'] as const)
			expect((await people.as(who, 'erase', 'firm', '--firm', 'north')).result?.jobs[0]).toMatchObject({ id });
		for (const dry of [[], ['--dry-run']]) {
			const other = await people.as('one', 'erase', 'firm', '--firm', 'north', '--days', '3', ...dry);
			expect(other.error).toMatchObject({ code: 'CONFLICT', message: expect.stringContaining(id) });
		}
		const { notBefore } = JSON.parse(asked.result.jobs[0].terms);
		const env = { ...installation.env, FIRMSEAL_TOKEN: `${people.tokens.two}` };
		const { requestHash } = asked.result.jobs[0];
		const endsAt = new Date(new Date(notBefore).getTime() + 30 * 86_400_000).toISOString();
		expect(unmarked((await firmseal(env, 'job', 'approve', '--job', id, '--dry-run')).stdout)).toMatch(
			new RegExp(
				`^job           ${id}
kind          ERASE
state         WAITING
firm          Firm north \\(north\\), ${north.id}
asked for by  .+ <.+>, account ${people.ids.one}, on \\S+Z \\(cli\\)
good until    ${endsAt}
not before    ${notBefore}
terms         {  "days": 30,  "keyDays": 30,  "notBefore": "${notBefore}"}
request hash  ${requestHash}\n`,
			),
		);
		const approve = ['job', 'approve', '--job', id, '--hash', requestHash];
		expect(await firmseal(env, ...approve)).toMatchObject({
			code: 0,
			stdout: `Agreed: a worker does the job ERASE ${id} not before ${notBefore}; until it begins, \`firmseal job cancel\` cancels it. If a legal hold protects any of it, the job ends as HELD.\n`,
		});
		expect(await firmseal(env, ...approve)).toMatchObject({
			code: 1,
			stderr: expect.stringMatching(/^firmseal: The job is (QUEUED|RUNNING) and does not wait for approval\.\n$/),
		});
		expect((await firmseal(env, 'job', 'list')).stdout).toMatch(new RegExp(`^${id} .* ${notBefore} `, 'm'));
		await installation.admin`update jobs set next_at = now() - interval '1 day', step = 6 where id = ${id}`;
		await installation.workUntil(async () => {
			const [row] = await installation.admin`select next_at > now() as later from jobs where id = ${id}`;
			return row?.later === true;
		});
		expect((await readNotes(api, north, notes)).notes[0]).toMatchObject({ body: 'one' });
		expect((await people.as('one', 'job', 'cancel', '--job', id)).code).toBe(0);
		const { jobs, events, notices, audit_entries, audit_leaves, audit_trees, webhook_deliveries, ...rest } =
			await rowsOf(installation, north.id);
		for (const table of Object.keys(rest)) expect([table, rest[table]]).toEqual([table, before[table]]);
	});

	it('is reported as having lost its keys during the erasure, and not as tampered with', async () => {
		const { admin } = installation;
		const fenn = await installation.addFirm('fenn');
		const [note = ''] = await writeNotes(api, fenn, ['fenns']);
		const clock = steppedClock();
		const { ask } = await installation.serve({}, { clock });
		// The member's proof is in memory; the key of notes isn't yet.
		expect((await ask(fenn.member, '{ viewer { id } }')).errors).toEqual([]);
		await admin`insert into erasures (id, firm_id, mac) values (gen_random_uuid(), ${fenn.id}, ${Buffer.alloc(36)})`;
		const refusals = [
			await ask(fenn.member, NOTE(note)),
			await ask(fenn.member, 'mutation { createNote(input: { title: "t", body: "b" }) { note { id } } }'),
		];
		await clock.advance(301_000);
		refusals.push(await ask(fenn.member, NOTE(note)));
		expect(refusals.map(({ errors }) => [...new Set(errors.map(({ extensions }) => extensions.code))])).toEqual(
			refusals.map(() => ['KEY_UNAVAILABLE']),
		);
		expect(refusals[0]?.data).toEqual({ note: { title: null, body: null } });
		expect(refusals[0]?.errors[0]?.message).toBe('The firm is erased or is being erased, and its keys are gone.');
		const refused = await admin`
			select distinct leaf::jsonb ->> 'action' as action, leaf::jsonb ->> 'reason' as reason from audit_entries
			where firm_id = ${fenn.id} and leaf::jsonb ->> 'decision' <> 'ALLOWED'`;
		expect(refused).toEqual([{ action: 'content.fail', reason: 'KEY_UNAVAILABLE' }]);
		await admin`delete from erasures where firm_id = ${fenn.id}`;
	});

	it('cannot be opened through the API, its cache, a lease, its keys or the store', async () => {
		await installation.startBroker();
		const operator = await installation.addOperator('OPERATOR');
		const lease = await activeLease({ ask: api.ask, firm: north, operator, approver: people.tokens.one });
		const under = () => api.ask(operator, NOTE(notes[0] ?? ''), {}, { 'x-firmseal-lease': lease.id });
		expect((await under()).data?.note?.body).toBe('one');
		const reasons = await decideWithReasons(operator);
		const invited = 'input: { email: "late@north.example", name: "N", role: MEMBER }';
		await api.ask(north.owner, `mutation { inviteMember(${invited}) { path } }`);
		// This process can open each of them, because it has the keys in memory.
		await expectAll(api, north, all);

		job = await requestAndApprove(installation, people.ids)(north.id, null);
		expect(await ended(installation, job)).toMatchObject({ state: 'DONE', trouble: null });

		const { text } = await api.ask(north.member, NOTE(notes[0] ?? ''));
		expect(text).not.toContain('"one"');
		await expectNone(api, north, all);
		expect((await under()).data?.note ?? null).toBeNull();
		expect((await filesAt(api.url).get(north.member, contentOf(document))).status).toBe(401);
		const left = await rowsOf(installation, north.id);
		for (const table of [
			'notes',
			'documents',
			'document_versions',
			'clients',
			'memberships',
			'seats',
			'invitations',
			'firm_sign_ins',
			'stored_objects',
			'erasure_objects',
			'lease_texts',
			'lease_decision_texts',
		])
			expect([table, left[table]]).toEqual([table, undefined]);
		expect(await rowsWith(reasons)).toEqual([]);
		const [firm] = await installation.admin`select slug, name, status from firms where id = ${north.id}`;
		expect(firm).toEqual({ slug: `erased-${north.id.replaceAll('-', '')}`, name: 'Erased', status: 'ERASED' });
		expect((await installation.admin`select 1 from users where email like '%@north.example'`).length).toBe(0);
		expect(
			(await installation.admin`select state, length(wrapped) as n from data_keys where firm_id = ${north.id}`).every(
				({ state, n }) => state === 'DESTROYED' && n === 0,
			),
		).toBe(true);
		const tags = await installation.admin`select tag from stored_objects`;
		expect(objectsIn(installation)).toEqual(tags.map(({ tag }) => tag).sort());
		// Copies of the firm's wrapped keys open nothing either.
		const keyring = await openKeyring(installation.config, 'worker');
		for (const { class: of, wrapped } of keys)
			await expect(keyring.unwrap({ firm: north.id, class: of }, wrapped)).rejects.toMatchObject({ reason: 'REFUSED' });
		expect((await readNotes(api, harbour, theirs)).notes[0]).toMatchObject({ body: 'theirs' });
		await expect(installation.admin`update firms set status = 'ACTIVE' where id = ${north.id}`).rejects.toMatchObject({
			code: '25000',
		});
	});

	it('has no keys that can be changed or restored', async () => {
		const of = ['--firm', north.id];
		const holders = join(installation.directory, 'holders.json');
		writeFileSync(
			holders,
			JSON.stringify([
				{ name: 'anna', recipient: await identityToRecipient(await generateX25519Identity()), side: 'FIRM' },
				{ name: 'trustee', recipient: await identityToRecipient(await generateX25519Identity()), side: 'PLATFORM' },
			]),
		);
		for (const args of [
			['rotate', ...of],
			['rewrap', ...of, '--dry-run'],
			['disable', ...of],
			['enable', ...of],
			['escrow', ...of, '--holders', holders, '--threshold', '2'],
		]) {
			const { code, error } = await people.as('one', 'keys', ...args);
			expect([args, code, error]).toEqual([args, 1, { code: 'CONFLICT', message: 'The firm has been erased.' }]);
		}
		expect((await people.as('one', 'keys', 'list', ...of)).result.dataKeys.length).toBeGreaterThan(0);
	});

	it('has a certificate, whose hash is in the log', async () => {
		const { code, result } = await people.as('one', 'erase', 'certificate', '--job', job);
		expect(code).toBe(0);
		expect(result.certificate).toMatchObject({
			erased: { type: 'Firm', id: north.id },
			inventory: { rows: { notes: all.size, documents: 1, memberships: 3 } },
			objects: { unopened: 0, unnamed: 0 },
			wrappingKey: { isOwn: false, state: 'PENDING_DELETION' },
		});
		expect(JSON.stringify(result.certificate)).not.toMatch(/north|testament|example/);
		const [entry] = await installation.admin`
			select leaf::json ->> 'hash' as hash from audit_entries where leaf::jsonb ->> 'action' = 'erasure.end'`;
		expect(entry?.hash).toBe(result.sha256);
	});
});
