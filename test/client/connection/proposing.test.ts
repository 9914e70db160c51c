import { beforeEach, describe, expect, it } from 'vitest';
import { openerOf, ProposalSteps, type ServicePort } from '../../../src/client/connection/index.ts';
import type { VaultOperations } from '../../../src/client/vault/index.ts';
import { refusal } from '../vault/attacker.ts';
import { ANNA, BERT, type Device, someFirm } from '../vault/firm.ts';
import type { InMemoryApi } from '../vault/in-memory-api.ts';
import { portOf } from './in-memory-port.ts';

const ID = '0190a3c4-0000-7000-8000-0000000000f1';
const SECOND = { by: 'SECOND_OWNER' } as const;

interface Stored {
	id: string;
	person: string;
	kind: string;
	body: string;
	agreement: string | null;
}

let service: InMemoryApi;
let anna: Device;
let bert: Device;
/** What the service has: a test exchanges it. */
let stored: Stored[];
/** Agreements that were sent to the service. */
let agreed: string[];
beforeEach(async () => {
	const firm = await someFirm();
	service = firm.service;
	[anna, bert] = [await firm.anna(), await firm.bert()];
	stored = [];
	agreed = [];
});

interface Input {
	readonly input: Readonly<Record<'id' | 'kind' | 'body' | 'agreement', string>>;
}

/** The service as it answers one owner, with proposals. */
function portFor(person: string): ServicePort {
	const honest = portOf(service);
	const answers: Readonly<Record<string, (input: Input['input']) => unknown>> = {
		'query OwnerProposals ': () => ({ ownerProposals: stored }),
		'mutation ProposeToOwners(': ({ kind, body }) => {
			const proposal = { id: ID, person, kind, body, agreement: null };
			stored.push(proposal);
			return { proposeToOwners: { proposal } };
		},
		'mutation AgreeToProposal(': ({ agreement }) => {
			agreed.push(agreement);
			stored = stored.map((each) => ({ ...each, agreement }));
			return {};
		},
		'mutation EndProposal(': ({ id }) => {
			stored = stored.filter((each) => each.id !== id);
			return {};
		},
	};
	return {
		...honest,
		async request(document, variables) {
			const [, answer] = Object.entries(answers).find(([start]) => document.startsWith(start)) ?? [];
			if (!answer) return honest.request(document, variables);
			return answer((variables as unknown as Input).input) as Awaited<ReturnType<ServicePort['request']>>;
		},
	};
}

/** Steps of a page that was just loaded. */
function stepsOf(device: Device): ProposalSteps {
	const clock = { now: () => service.time.now(), sleep: async () => {} };
	const parts = { vault: device.vault, unlock: () => device.unlock(), clock };
	return new ProposalSteps(openerOf(parts, portFor(device.person)).connection);
}

const back = (vault: VaultOperations) => vault.propose({ what: 'CUSTODY', class: 'NOTE', custody: 'BACK' });
const custody = async ({ vault }: Device) => (await vault.state()).classes[0]?.custody;
const only = async (steps: ProposalSteps) => {
	const [open] = await steps.list();
	if (!open) throw new Error('Nothing is listed.');
	return open;
};

/** Anna proposes, Bert agrees. */
async function agreedByBert() {
	await stepsOf(anna).decide(back, SECOND);
	const steps = stepsOf(bert);
	await steps.agree(await only(steps));
}

const hostile = (): Stored => ({
	id: ID,
	person: ANNA,
	kind: 'member.role',
	body: JSON.stringify({ person: BERT, role: 'MEMBER' }),
	agreement: null,
});

describe('an owner', () => {
	it('completes what another agreed to, also after the page was loaded again', async () => {
		await agreedByBert();
		const steps = stepsOf(anna);
		await anna.vault.lock();
		await anna.unlock();
		await steps.complete(await only(steps));
		expect(await custody(anna)).toBe('BACK');
		expect(stored).toEqual([]);
	});

	it('who withdrew a proposal completes it no more, if the service shows it again', async () => {
		await agreedByBert();
		const [kept, steps] = [stored, stepsOf(anna)];
		await steps.end(await only(steps));
		stored = kept;
		expect(await refusal(steps.complete(await only(steps)))).toBe('proposal-other');
		expect(await custody(anna)).toBe('FIRM');
	});
});

describe('a service that exchanges what was proposed', () => {
	it('gets no entry for a decision that it shows as the owner’s own, though another owner agreed to it', async () => {
		await stepsOf(anna).decide(back, SECOND);
		const agreement = await bert.vault.agree({
			kind: 'custody.set',
			body: { class: 'COMMUNICATION', custody: 'BACK' },
		});
		stored = [
			{
				id: ID,
				person: ANNA,
				kind: 'custody.set',
				body: JSON.stringify({ class: 'COMMUNICATION', custody: 'BACK' }),
				agreement: JSON.stringify(agreement),
			},
		];
		const steps = stepsOf(anna);
		const size = service.entries.length;
		expect(await refusal(steps.complete(await only(steps)))).toBe('proposal-other');
		expect(service.entries).toHaveLength(size);
	});

	it('between the reading and the agreement gets a signature of what was read only', async () => {
		await stepsOf(anna).decide(back, SECOND);
		const steps = stepsOf(bert);
		const read = await only(steps);
		stored = [hostile()];
		await steps.agree(read);
		const own = stepsOf(anna);
		expect(await refusal(own.complete(await only(own)))).toBe('proposal-other');
		expect(await refusal(own.complete({ id: ID, proposal: read.proposal }))).toBe('done');
		expect(agreed).toHaveLength(1);
	});

	it.each([
		['a notice', '{"notice":3}'],
		['a recovery code', '{"recoveryCode":"0000-0000"}'],
		['a notice beside a signature that lacks something', '{"device":"x","head":"y","notice":3,"seq":1}'],
		['a signature of other types', '{"device":1,"head":"y","seq":1,"signature":"z"}'],
		['no JSON', 'notice'],
		['a list', '[]'],
		['nothing', 'null'],
	])('gets no entry for %s in the place of the agreement of a second owner', async (_, agreement) => {
		await agreedByBert();
		let asked = 0;
		const complete: VaultOperations['complete'] = (wanted) => {
			asked += 1;
			return anna.vault.complete(wanted);
		};
		stored = stored.map((each) => ({ ...each, agreement }));
		const steps = stepsOf(Object.assign(Object.create(anna), { vault: { ...anna.vault, complete } }));
		const attempt = steps.complete(await only(steps));
		await expect(attempt).rejects.toThrow('What the other owner sent is malformed.');
		expect(asked).toBe(0);
	});
});
