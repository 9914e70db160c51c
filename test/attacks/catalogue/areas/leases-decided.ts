import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { v7 as uuidv7 } from 'uuid';
import { expect } from 'vitest';
import { leasesOver } from '../../../leases/by-api.ts';
import { firmsealJson } from '../../../system/program.ts';
import { claimsOf, forgeToken } from '../../scene.ts';
import type { Area } from '../attack.ts';
import { mutation, requested, step } from '../lease-parts.ts';
import { codesOf } from '../proofs.ts';
import type { AttackAnswer } from '../stage.ts';

const HIDING = `mutation ($firm: ID!, $reason: String!) {
	requestBreakGlass(input: { firmId: $firm, purpose: INCIDENT, reason: $reason, ticket: "SUP-1", classes: [NOTE] }) { lease { id } } }`;

const requestOn = (firm: string) => `mutation {
	requestBreakGlass(input: { firmId: "${firm}", purpose: INCIDENT, reason: "An owner would read as an operator does.",
		ticket: "SUP-1", classes: [NOTE] }) { lease { id } } }`;

export const leasesDecided: Area = {
	title: 'Deciding on leases',
	attacks: [
		step(
			'An operator agrees to its own request, denies and revokes it; an auditor and a member agree',
			'FORBIDDEN, on record: not of their role',
			'rights',
			async (stage) => {
				const { id, requestHash } = await requested(stage);
				const agree = mutation('approve', `leaseId: "${id}", requestHash: "${requestHash}"`);
				const answers: AttackAnswer[] = [];
				for (const token of [stage.operator, stage.auditor, stage.north.member, stage.north.client])
					answers.push(await stage.ask(token, agree));
				for (const name of ['deny', 'revoke', 'review'])
					answers.push(await stage.ask(stage.operator, mutation(name, `leaseId: "${id}"`)));
				return answers;
			},
		),
		step(
			'An owner, an approver, an auditor ask for a lease, activate and release one',
			'FORBIDDEN, on record: who decides doesn’t use',
			'rights',
			async (stage) => {
				const { id } = await requested(stage);
				const answers: AttackAnswer[] = [];
				for (const token of [stage.north.owner, stage.approver, stage.auditor]) {
					answers.push(await stage.ask(token, requestOn(stage.north.id)));
					for (const name of ['activate', 'release', 'cancel'])
						answers.push(await stage.ask(token, mutation(name, `leaseId: "${id}"`)));
				}
				return answers;
			},
		),
		step(
			'A request whose reason turns around, hides, erases or pushes off the screen what an owner would read: overrides of direction, zero-width, tag and private characters, escapes of a terminal, 1,900 line feeds',
			'BAD_USER_INPUT: a reason shows all that it holds, in 40 lines at most',
			'arguments',
			async ({ ask, operator, north: { id: firm } }) => {
				const hidden = [
					'\u202etxet a',
					'\u2066',
					'\u061c',
					'\u200b',
					'\ufeff',
					'\u00ad',
					'\x1b[2J',
					'\x9b2J',
					'\r',
					'\u2028',
					'\u200d',
					'\ufe0f',
					'\ue000',
					'\u{e0041}',
					'\u{e0061}',
					'\n'.repeat(1900),
					'\n \n\n',
					'\nx'.repeat(40),
				];
				const reason = (each: string) => `The client cannot open the invoice${each} of October.`;
				const answers: AttackAnswer[] = [];
				for (const each of hidden) answers.push(await ask(operator, HIDING, { firm, reason: reason(each) }));
				return answers;
			},
		),
		step(
			'An operator buries the owners in notices: asks for a lease and cancels it, 40 times, over the API and then by SQL',
			'RATE_LIMITED from the eleventh within an hour on; ten of each kind of notice at most, and a count instead of most',
			'writes',
			async (stage) => {
				const { admin, operator, north } = stage;
				const [was] = await admin`select * from request_limits`;
				const [{ count, now } = { count: 0, now: new Date() }] = await admin<{ count: number; now: Date }[]>`
					select count(*)::int as count, clock_timestamp() as now from leases where firm_id = ${north.id}`;
				await admin`update request_limits set per_hour = ${count + 10}, per_day = ${count + 10}, notices_before_folding = 3`;
				try {
					const answers: AttackAnswer[] = [];
					for (let n = 0; n < 40; n++) {
						const told = await stage.ask(operator, requestOn(north.id));
						answers.push(told);
						const id = told.data?.requestBreakGlass?.lease.id;
						if (id) await stage.ask(operator, mutation('cancel', `leaseId: "${id}"`));
					}
					const refused = answers.filter((told) => codesOf(told).length > 0);
					expect(refused.length).toBeGreaterThanOrEqual(30);
					const columns =
						'firm_id, requested_by, purpose, classes, minutes, reason_hash, ticket_hash, request_hash, request_mac';
					const copy = `insert into leases (id, ${columns}) select '${uuidv7()}', ${columns} from leases
						where firm_id = '${north.id}' and requested_by = '${claimsOf(operator).sub}' limit 1`;
					expect(await stage.states('operator', { firm: north.id }, copy)).toEqual(['FS003']);
					const [told] =
						await admin`select count(*)::int as count from notices where firm_id = ${north.id} and created_at >= ${now}`;
					expect(told?.count).toBeLessThanOrEqual(20);
					return refused;
				} finally {
					await admin`update request_limits set per_hour = ${was?.per_hour}, per_day = ${was?.per_day}, notices_before_folding = ${was?.notices_before_folding}`;
				}
			},
		),
		step(
			'The owner of another firm agrees to a lease, denies, revokes and reviews it, by its id and its hash',
			'NOT_FOUND, as for an id that nobody knows',
			'writes',
			async (stage) => {
				const { id, requestHash } = await requested(stage);
				const answers: AttackAnswer[] = [];
				for (const [name, args] of [
					['approve', `leaseId: "${id}", requestHash: "${requestHash}"`],
					['deny', `leaseId: "${id}"`],
					['revoke', `leaseId: "${id}"`],
					['review', `leaseId: "${id}"`],
				] as const)
					answers.push(await stage.ask(stage.harbour.owner, mutation(name, args)));
				for (const told of answers) expect(codesOf(told)).toEqual(['NOT_FOUND']);
				return answers;
			},
		),
		step(
			'An approver agrees to another hash than the request’s: of zeros, and that of another request for the same',
			'CONFLICT: what is agreed to is exactly what was read',
			'writes',
			async (stage) => {
				const [one, other] = [await requested(stage), await requested(stage)];
				const answers: AttackAnswer[] = [];
				for (const hash of ['0'.repeat(64), other.requestHash])
					answers.push(
						await stage.ask(stage.approver, mutation('approve', `leaseId: "${one.id}", requestHash: "${hash}"`)),
					);
				return answers;
			},
		),
		step(
			'An owner and an approver agree, and sign off what has ended, with a token of an hour ago, and with one that does not say when they signed in',
			'FORBIDDEN, on record: whoever has found a token has not signed in',
			'writes',
			async (stage) => {
				const { id, requestHash } = await requested(stage);
				const agree = mutation('approve', `leaseId: "${id}", requestHash: "${requestHash}"`);
				const ended = await requested(stage);
				await stage.ask(stage.operator, mutation('cancel', `leaseId: "${ended.id}"`));
				const review = mutation('review', `leaseId: "${ended.id}"`);
				const answers: AttackAnswer[] = [];
				for (const person of [stage.north.owner, stage.approver])
					for (const auth_time of [Math.floor(Date.now() / 1000) - 3600, undefined]) {
						const token = await forgeToken(stage.installation.directory, { ...claimsOf(person), auth_time });
						answers.push(await stage.ask(token, agree), await stage.ask(token, review));
					}
				for (const told of answers) expect(codesOf(told)).toEqual(['FORBIDDEN']);
				return answers;
			},
		),
		step(
			'An owner’s token of an hour ago, and one without a time of sign-in, make the access policy looser',
			'FORBIDDEN, on record: a looser policy is a yes to leases to come',
			'writes',
			async (stage) => {
				const looser = 'mutation { setFirmAccessPolicy(input: { policy: NOTIFY, approvers: 1 }) { firm { id } } }';
				const answers: AttackAnswer[] = [];
				for (const auth_time of [Math.floor(Date.now() / 1000) - 3600, undefined]) {
					const claims = { ...claimsOf(stage.north.owner), auth_time };
					answers.push(await stage.ask(await forgeToken(stage.installation.directory, claims), looser));
				}
				for (const told of answers) expect(codesOf(told)).toEqual(['FORBIDDEN']);
				return answers;
			},
		),
		step(
			'An owner’s token of an hour ago, and one without a time of sign-in, invite an owner, make and remove one, and say where members come from',
			'FORBIDDEN: who has found a token makes no one an owner',
			'writes',
			async (stage) => {
				const { owner, member } = stage.north;
				const userId = claimsOf(member).sub;
				const changes = [
					'inviteMember(input: { email: "thief@x.example", name: "Thief", role: OWNER }) { path }',
					`setMemberRole(input: { userId: "${userId}", role: OWNER }) { user { id } }`,
					`removeMember(input: { userId: "${claimsOf(owner).sub}" }) { user { id } }`,
					'setFirmSignIn(input: { issuers: [], domains: ["thief.example"] }) { firm { id } }',
				];
				const answers: AttackAnswer[] = [];
				for (const auth_time of [Math.floor(Date.now() / 1000) - 3600, undefined]) {
					const old = await forgeToken(stage.installation.directory, { ...claimsOf(owner), auth_time });
					for (const change of changes) answers.push(await stage.ask(old, `mutation { ${change} }`));
				}
				for (const told of answers) expect(codesOf(told)).toEqual(['FORBIDDEN']);
				return answers;
			},
		),
		step(
			'An operator activates a request that nobody has agreed to, and an active lease a second time',
			'CONFLICT',
			'writes',
			async (stage) => {
				const [waiting, active] = [await requested(stage), await stage.lease()];
				const answers: AttackAnswer[] = [];
				for (const { id } of [waiting, active])
					answers.push(await stage.ask(stage.operator, mutation('activate', `leaseId: "${id}"`)));
				return answers;
			},
		),
		step(
			'A request for records of another firm, by ids that are true',
			'BAD_USER_INPUT says nothing of them; a request that names another firm, and one that nobody has, is NOT_FOUND',
			'writes',
			async (stage) => {
				const ask = (firmId: string, more: string) =>
					stage.ask(
						stage.operator,
						`mutation { requestBreakGlass(input: { firmId: "${firmId}", purpose: INCIDENT, ticket: "SUP-1", classes: [NOTE],
							reason: "The firm cannot open this note since Monday." ${more} }) { lease { id } } }`,
					);
				const [foreign, unknown] = [stage.theirs.ids.note, uuidv7()];
				const told = await Promise.all([foreign, unknown].map((id) => ask(stage.north.id, `, recordIds: ["${id}"]`)));
				expect(new Set(told.map(({ errors }) => `${errors[0]?.extensions.code} ${errors[0]?.message}`)).size).toBe(1);
				expect(codesOf(told[0] as AttackAnswer)).toEqual(['BAD_USER_INPUT']);
				return [await ask(uuidv7(), '')];
			},
		),
		{
			attack:
				'The server that an approver asks shows another request than the hash beside it is of: shorter, of another firm, of fewer classes, for another reason',
			expected: 'CONFLICT: `lease approve` makes the hash of what it is shown, and sends no yes',
			layer: 'second yes',
			async run(stage) {
				const { id, requestHash } = await requested(stage);
				const names = { firm: { slug: 'north', name: 'North' }, requester: null };
				const shown = { ...(await leasesOver(stage.api.ask).see(stage.approver, id)), ...names };
				const refusals: string[] = [];
				for (const change of [
					{ minutes: 1 },
					{ firmId: stage.harbour.id },
					{ classes: ['BILLING'] },
					{ reason: 'The owner has asked us for this herself.' },
				]) {
					const asked: string[] = [];
					const liar = createServer((request, answer) => {
						void text(request).then((body) => {
							asked.push(body);
							answer.end(JSON.stringify({ data: { breakGlassLease: { ...shown, ...change } } }));
						});
					});
					await once(liar.listen(0, '127.0.0.1'), 'listening');
					const env = {
						FIRMSEAL_URL: `http://127.0.0.1:${(liar.address() as AddressInfo).port}`,
						FIRMSEAL_TOKEN: `${stage.approver}`,
					};
					const { error } = await firmsealJson(env, 'lease', 'approve', '--lease', id, '--hash', requestHash);
					liar.close();
					expect(asked.filter((body) => body.includes('requestHash:'))).toEqual([]);
					refusals.push(`${error.code}: ${error.message}`);
				}
				expect(await stage.admin`select from lease_approvals where lease_id = ${id}`).toHaveLength(0);
				return { refusals };
			},
		},
	],
};
