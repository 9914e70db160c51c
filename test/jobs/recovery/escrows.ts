import { join } from 'node:path';
import { expect } from 'vitest';
import type { Person, TestApi, TestFirm, TestInstallation } from '../../support/installation.ts';
import { approveJobByCommand, firmsealJson } from '../../system/program.ts';
import { ended } from '../stage.ts';
import type { Holders } from './holders.ts';

const LIST = '{ firmJobs { id kind needs state terms requestHash } }';
const APPROVE = 'mutation ($input: ApproveJobInput!) { approveJob(input: $input) { job { state } } }';

/** Approves a job as an owner who has read it. */
async function ownerAgrees(api: TestApi, { owner }: TestFirm, id: string) {
	const { data } = await api.ask(owner, LIST);
	const job = data.firmJobs.find((each: { id: string }) => each.id === id);
	const answer = await api.ask(owner, APPROVE, { input: { jobId: id, requestHash: job?.requestHash } });
	expect(answer.errors).toEqual([]);
	return job;
}

export const askForEscrow = (
	{ env }: TestInstallation,
	firm: string,
	plan: string,
	threshold: number,
	...more: string[]
) => firmsealJson(env, 'keys', 'escrow', '--firm', firm, '--holders', plan, '--threshold', String(threshold), ...more);

/** The secrets that only the holders may ever see: an escrow's keys, and the bytes of its shares. */
export const secretsOf = (keys: readonly { readonly key: Uint8Array }[], shares: readonly Uint8Array[]): Buffer[] => [
	...keys.map(({ key }) => Buffer.from(key)),
	...shares.map((share) => Buffer.from(JSON.parse(Buffer.from(share).toString()).share, 'base64')),
];

/** Returns the secrets that a text contains, in any form in which a program writes bytes. */
export const shownIn = (text: string, secrets: readonly Buffer[]): Buffer[] =>
	secrets.filter((secret) =>
		(['hex', 'base64', 'base64url', 'latin1'] as const).some((form) => text.includes(secret.toString(form))),
	);

interface Wanted {
	readonly holders: Holders;
	readonly threshold: number;
	readonly out: string;
}

/** Makes an escrow of the firm's keys from beginning to end. Returns its job and the paths of its files. */
export async function makeEscrow(installation: TestInstallation, api: TestApi, firm: TestFirm, of: Wanted) {
	const asked = await askForEscrow(installation, firm.slug, of.holders.plan, of.threshold);
	expect([asked.code, asked.error]).toEqual([0, undefined]);
	const job: string = asked.result.jobs[0].id;
	await ownerAgrees(api, firm, job);
	return given(installation, job, of);
}

/** Makes an escrow of the platform's keys: one approver requests it, another approves it. */
export async function makePlatformEscrow(
	installation: TestInstallation,
	approvers: { readonly one: Person; readonly two: Person },
	of: Wanted,
) {
	const as =
		(token: Person) =>
		(...args: string[]) =>
			firmsealJson({ ...installation.env, FIRMSEAL_TOKEN: `${token}` }, ...args);
	const done = (answer: Awaited<ReturnType<typeof firmsealJson>>) => {
		expect([answer.code, answer.error]).toEqual([0, undefined]);
		return answer.result;
	};
	const plan = ['--holders', of.holders.plan, '--threshold', String(of.threshold)];
	const job: string = done(await as(approvers.one)('keys', 'escrow', '--platform', ...plan)).jobs[0].id;
	done(await approveJobByCommand(as(approvers.two), job));
	return given(installation, job, of);
}

async function given(installation: TestInstallation, job: string, { holders: { holders }, out }: Wanted) {
	expect(await ended(installation, job)).toMatchObject({ state: 'DONE', failed: '0' });
	const given = await firmsealJson(installation.env, 'keys', 'escrow', '--job', job, '--out', out);
	expect([given.code, given.error]).toEqual([0, undefined]);
	const shareOf = (name: string) =>
		join(out, `share-${holders.findIndex((each) => each.name === name) + 1}-${name}.age`);
	return { job, file: join(out, 'escrow.age'), shareOf };
}
