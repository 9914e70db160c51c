import { CreateKeyCommand } from '@aws-sdk/client-kms';
import { v7 as uuidv7 } from 'uuid';
import { expect, vi } from 'vitest';
import type { LeaseAnswer } from '../leases/by-api.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { makeDocument } from '../support/files.ts';
import { makeInstallation, type TestApi, type TestFirm, type TestInstallation } from '../support/installation.ts';
import { type KmsProxy, startKmsProxy } from '../support/kms-proxy.ts';
import { activeLease } from '../support/leases.ts';
import { MOTO_REGION, type Moto, newMotoAccount, startMoto } from '../support/moto.ts';
import { embedded } from '../support/own-servers.ts';
import type { Person } from '../support/person.ts';
import { steppedClock } from '../support/stepped-clock.ts';
import { until } from '../system/program.ts';
import { asAdministrator } from './administrator.ts';

/** Text that must never occur outside an envelope. */
export const MARKER = 'privileged-and-confidential';
export const KEPT = `${MARKER}: kept`;

/** One record for each content class. */
const OPENINGS = {
	NOTE: '{ notes(last: 1) { totalCount nodes { id createdAt content: title } } }',
	BILLING: '{ invoices(last: 1) { totalCount nodes { id createdAt content: memo } } }',
	DOCUMENT: '{ documents(last: 1) { totalCount nodes { id createdAt content: description } } }',
} as const;
export type Class = keyof typeof OPENINGS;
export const CLASSES = Object.keys(OPENINGS) as readonly Class[];

/** The result of a read. */
export interface Read {
	/** null without an error. */
	readonly code: string | null;
	/** The metadata of the answer, which needs no key. */
	readonly count: number | undefined;
	readonly content: string | null | undefined;
}

/** An installation whose key service can have any fault: its own moto, behind a proxy that refuses calls and one that disturbs the network. */
export interface KmsStage {
	readonly moto: Moto;
	readonly front: KmsProxy;
	readonly proxy: FaultProxy;
	readonly installation: TestInstallation;
	readonly firms: readonly [TestFirm, TestFirm, TestFirm];
	/** With an active lease on notes of the first firm. */
	readonly operator: Person;
	readonly approver: Person;
	/** A separate proxy for the broker, whose calls must not be counted. */
	readonly ofBroker: KmsProxy;
	/** Adds a firm that has brought its key. */
	addOwnFirm(slug: string): Promise<TestFirm>;
	/** `way` is its own address of the key service, such as that of the refusing proxy. */
	serve(cacheSeconds: number, way?: { readonly url: string }): Promise<TestApi>;
	/** Lets this many milliseconds pass for the servers, which read the refusals meanwhile. */
	pass(milliseconds: number): Promise<void>;
	/** Makes an active lease of the operator on notes of a firm. */
	lend(firm: TestFirm): Promise<LeaseAnswer>;
	read(api: TestApi, firm: TestFirm, of?: Class): Promise<Read>;
	readUnderLease(api: TestApi): Promise<Read>;
	/** 'done', or the error code. */
	write(api: TestApi, firm: TestFirm): Promise<string>;
	/** Checks the results of `write`: accepted records exist and open, refused ones don't exist, and nothing is stored in plaintext. */
	expectWritesAsTold(api: TestApi): Promise<void>;
	/** Removes the fault, and waits until every process has noticed. */
	heal(...apis: TestApi[]): Promise<void>;
	metric(api: TestApi, line: string): Promise<number>;
	close(): Promise<void>;
}

export async function makeKmsStage(): Promise<KmsStage> {
	vi.stubEnv('AWS_ACCESS_KEY_ID', 'anybody');
	vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'anything');
	const moto = await startMoto();
	if (!moto) throw new Error('moto is not installed.');
	const front = await startKmsProxy(moto.url);
	const proxy = await startFaultProxy(front.url);
	const ofBroker = await startKmsProxy(moto.url);
	const { account, roles } = newMotoAccount();
	const settings = {
		FIRMSEAL_KEYRING: 'aws-kms',
		AWS_REGION: MOTO_REGION,
		AWS_ENDPOINT_URL: moto.url,
		AWS_ENDPOINT_URL_KMS: proxy.url,
		...Object.fromEntries(Object.entries(roles).map(([name, arn]) => [`FIRMSEAL_KMS_ROLE_${name.toUpperCase()}`, arn])),
	};
	const stopServices = async () => {
		await proxy.stop();
		await front.stop();
		await ofBroker.stop();
		moto.signal('SIGCONT');
		await moto.stop();
	};
	try {
		const installation = await makeInstallation(embedded, { settings });
		return await setTheStage({ moto, account, front, ofBroker, proxy, installation, stopServices });
	} catch (error) {
		await stopServices();
		throw error;
	}
}

interface Parts extends Pick<KmsStage, 'moto' | 'front' | 'ofBroker' | 'proxy' | 'installation'> {
	readonly account: string;
	stopServices(): Promise<void>;
}

async function setTheStage(parts: Parts): Promise<KmsStage> {
	const { moto, account, front, ofBroker, proxy, installation, stopServices } = parts;
	const { admin } = installation;
	/** Records by id. */
	const done = new Map<string, { readonly firm: TestFirm; readonly title: string }>();
	const clock = steppedClock();
	const serve: KmsStage['serve'] = (cacheSeconds, way = proxy) =>
		installation.serve(
			{
				FIRMSEAL_KEY_CACHE_SECONDS: `${cacheSeconds}`,
				AWS_ENDPOINT_URL_KMS: way.url,
				// Two hundred requests of one firm must get as far as its keys. test/system/overload.soak.test.ts covers requests without a slot.
				FIRMSEAL_REQUESTS_AT_ONCE: '10000',
				// An answer would otherwise wait for this, by the clock.
				FIRMSEAL_OPERATOR_PROOF: 'off',
			},
			{ clock },
		);

	async function seen(asked: ReturnType<TestApi['ask']>): Promise<Read> {
		const { data, errors } = await asked;
		const [of] = Object.values<{ totalCount: number; nodes: { content: string | null }[] } | null>(data ?? {});
		return {
			code: errors[0]?.extensions.code ?? null,
			count: of?.totalCount,
			content: of?.nodes[0]?.content,
		};
	}
	const read: KmsStage['read'] = (api, firm, of = 'NOTE') => seen(api.ask(firm.member, OPENINGS[of]));

	const makeNote = async (api: TestApi, firm: TestFirm, title: string) => {
		const id = uuidv7();
		const { data, errors, text } = await api.ask(
			firm.member,
			'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id } } }',
			{ input: { id, title } },
		);
		if (data?.createNote) done.set(id, { firm, title });
		else if (errors.length === 0) throw new Error(text);
		return data?.createNote ? 'done' : (errors[0]?.extensions.code ?? '');
	};

	const first = await installation.serve();
	const firms = [
		await installation.addFirm('north'),
		await installation.addFirm('south'),
		await installation.addFirm('harbour'),
	] as const;
	for (const firm of firms) {
		expect(await makeNote(first, firm, KEPT)).toBe('done');
		const { errors } = await first.ask(
			firm.member,
			'mutation ($input: CreateInvoiceInput!) { createInvoice(input: $input) { invoice { id } } }',
			{ input: { number: '1', currency: 'EUR', total: '10', memo: KEPT } },
		);
		expect(errors).toEqual([]);
		await makeDocument(first.ask, firm.member, { description: KEPT });
	}
	const operator = await installation.addOperator('OPERATOR');
	const approver = await installation.addOperator('APPROVER');
	await installation.startBroker({ AWS_ENDPOINT_URL_KMS: ofBroker.url });
	const [north] = firms;
	const lend = (firm: TestFirm) => activeLease({ ask: first.ask, firm, operator, approver });
	const lease = await lend(north);

	return {
		moto,
		front,
		proxy,
		installation,
		firms,
		operator,
		approver,
		ofBroker,
		async addOwnFirm(slug) {
			const made = await asAdministrator(moto.url, account).send(new CreateKeyCommand({ KeyUsage: 'ENCRYPT_DECRYPT' }));
			return installation.addFirm(slug, made.KeyMetadata?.Arn);
		},
		serve,
		lend,
		pass: clock.pass,
		read,
		readUnderLease: (api) =>
			seen(
				api.ask(
					operator,
					'query ($firm: ID) { notes(firmId: $firm, last: 1) { totalCount nodes { id createdAt content: title } } }',
					{ firm: north.id },
					{ 'x-firmseal-lease': lease.id },
				),
			),
		write: (api, firm) => makeNote(api, firm, `${MARKER}: ${uuidv7()}`),
		async expectWritesAsTold(api) {
			const rows = await admin`select id, title, firm_id from notes`;
			expect(rows.map(({ id }) => id).toSorted()).toEqual([...done.keys()].toSorted());
			for (const { title } of rows) expect(Buffer.from(title).includes(MARKER.slice(0, 8))).toBe(false);
			const waiting = [...done];
			const look = async () => {
				for (let next = waiting.shift(); next; next = waiting.shift()) {
					const [id, { firm, title }] = next;
					const { data } = await api.ask(firm.member, 'query ($id: ID!) { note(id: $id) { title } }', { id });
					expect(data.note).toEqual({ title });
				}
			};
			await Promise.all(Array.from({ length: 4 }, look));
		},
		async heal(...apis) {
			for (const each of [front, ofBroker]) each.refuse(() => null);
			await proxy.set({});
			for (const api of apis)
				for (const firm of firms) await until(async () => (await read(api, firm)).content === KEPT);
		},
		async metric(api, line) {
			const text = await (await fetch(`${api.url}/metrics`)).text();
			const found = text.split('\n').find((each) => each.startsWith(`${line} `));
			return Number(found?.slice(line.length) ?? 0);
		},
		async close() {
			await proxy.set({});
			await installation.close();
			await stopServices();
		},
	};
}
