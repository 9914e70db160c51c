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
	requestBreakGlass(input: { firmId: "${firm}", purpose: INCIDENT, reason: "The owner wants to read like an operator.",
		ticket: "SUP-1", classes: [NOTE] }) { lease { id } } }`;

export const leasesDecided: Area = {
	title: 'Decisions on leases',
	attacks: [
		step(
			'An operator approves, denies, revokes and reviews the own request; an auditor, a member and a client approve it',
			'FORBIDDEN, on record: their roles may not',
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
			'An owner, an approver and an auditor request, activate, release and cancel a lease',
			'FORBIDDEN, on record: people who decide on leases can’t use one',
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
			'A reason that displays as other text than it holds: direction overrides, zero-width, tag and private characters, terminal escapes, 1,900 line feeds',
			'BAD_USER_INPUT: a reason has only visible characters and at most 40 lines',
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
			'An operator floods the owners with notices: requests and cancels a lease 40 times, by the API and then by SQL',
			'RATE_LIMITED from the eleventh request in an hour; at most ten notices of each kind, and most are folded into a count',
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
			'The owner of another firm approves, denies, revokes and reviews a lease, by its id and hash',
			'NOT_FOUND, as for an unknown id',
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
			'An approver approves another hash than the request’s: zeros, and the hash of an equal request',
			'CONFLICT: an approval covers exactly the request that was read',
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
			'An owner and an approver approve a lease, and review an ended one, with a sign-in an hour ago and with a token without its time',
			'FORBIDDEN, on record: it takes a recent sign-in, which a stolen token lacks',
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
			'An owner loosens the access policy with a sign-in an hour ago, and with a token without its time',
			'FORBIDDEN, on record: a looser policy approves future leases',
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
			'An owner with such a token invites an owner, makes and removes one, and changes the rules for joining',
			'FORBIDDEN: a stolen token can’t make an owner',
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
			'An operator activates a request without approvals, and an active lease a second time',
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
			'A request for records of another firm, by their ids',
			'BAD_USER_INPUT, the same as for unknown records; NOT_FOUND for an unknown firm',
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
				'A server shows an approver a request that does not match its hash: fewer minutes, another firm, other classes, another reason',
			expected: 'CONFLICT: `lease approve` computes the hash of the request it was shown, and sends no approval',
			layer: 'second approval',
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
