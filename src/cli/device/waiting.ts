import { createHash } from 'node:crypto';
import { type OpenProposal, ProposalSteps } from '../../client/connection/index.ts';
import type { VaultState } from '../../client/vault/index.ts';
import type { Config } from '../../config/index.ts';
import { exactJson } from '../../custody/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type CommandResult, table } from '../command.ts';
import { type ApprovalOptions, approveByHash, assertCanConfirmHash } from '../parse/index.ts';
import { type LabelledValue, markedRows } from '../print/index.ts';
import { type DeviceOptions, type OpenedDevice, withDevice } from './open-device.ts';
import { nameOf } from './person.ts';

/** How long an announced decision waits. The vault enforces it; this is for the person. */
const NOTICE_MILLISECONDS = 72 * 3_600_000;

/** A decision that waits: for another owner, or, in a firm of one, for its 72 hours. */
interface Waiting {
	/** Of a proposal its id; of a notice its place in the key log. */
	readonly id: string;
	readonly person: string;
	readonly proposal: OpenProposal['proposal'];
	/** What may happen to it next. */
	readonly next: 'AGREE' | 'COMPLETE' | 'WAIT';
	readonly notice: { readonly seq: number; readonly countsFrom: string } | null;
}

export interface WaitingOptions extends DeviceOptions, ApprovalOptions {
	readonly id?: string;
	readonly dryRun?: boolean;
}

/** Decisions that wait, each with what it means by this device. */
export async function listWaiting(config: Config, options: DeviceOptions): Promise<CommandResult> {
	return withDevice(config, options, async (device) => {
		const state = await device.connection.refresh();
		const waiting = await waitingOf(device, state);
		const rows = waiting.map(({ id, person, proposal, next, notice }) => [
			id,
			nameOf(state, person),
			proposal.summary,
			notice === null ? NEXT[next] : `can count from ${notice.countsFrom} on`,
		]);
		return {
			result: { waiting: waiting.map(shown) },
			text: rows.length === 0 ? 'No decision waits.' : table(['id', 'by', 'decision', 'next'], rows),
		};
	});
}

const NEXT = {
	AGREE: 'another owner runs `firmseal device agree`',
	COMPLETE: 'its owner runs `firmseal device complete`',
	WAIT: 'waits',
} as const;

const shown = ({ proposal: { kind, body, summary }, ...waiting }: Waiting) => ({ ...waiting, kind, body, summary });

/** The second owner reads what this device says of a proposal, and signs it. */
export const agreeToDecision = (config: Config, options: WaitingOptions): Promise<CommandResult> =>
	answer(config, options, {
		fits: ({ next, person }, own) => next === 'AGREE' && person !== own,
		act: ({ connection }, { id, proposal }) => new ProposalSteps(connection).agree({ id, proposal }),
		note: ['holds', `${HOLDS}.`],
		done: `You agreed. The owner who proposed it now runs \`firmseal device complete\`. The agreement holds ${HOLDS}.`,
	});

/** The owner who proposed or announced a decision puts it into the key log. */
export const completeDecision = (config: Config, options: WaitingOptions): Promise<CommandResult> =>
	answer(config, options, {
		fits: ({ next, person }, own) => next === 'COMPLETE' && person === own,
		act: async ({ vault, connection }, { id, proposal, notice }) => {
			if (notice === null) await new ProposalSteps(connection).complete({ id, proposal });
			else await connection.append(() => vault.complete({ proposal, approval: { notice: notice.seq } }));
		},
		done: 'This is decided, and in the key log.',
	});

/** An owner withdraws a proposal, or refuses that of another one. */
export const declineDecision = (config: Config, options: WaitingOptions): Promise<CommandResult> =>
	answer(config, options, {
		fits: ({ notice }) => notice === null,
		act: ({ connection }, { id, proposal }) => new ProposalSteps(connection).end({ id, proposal }),
		done: 'The proposal has ended: nothing was decided.',
	});

/** An agreement has no date on which it ends. */
const HOLDS =
	'until this device makes another entry in the key log, or the firm decides anything else that two owners decide. To take it back before, run `firmseal device rename` with your own name';

interface Answer {
	fits(waiting: Waiting, own: string): boolean;
	act(device: OpenedDevice, waiting: Waiting): Promise<unknown>;
	/** What else to read before the hash. */
	readonly note?: LabelledValue;
	readonly done: string;
}

/** By the hash of what this device says of the decision: a service that exchanges it afterwards gets no signature. */
async function answer(
	config: Config,
	options: WaitingOptions,
	{ fits, act, note, done }: Answer,
): Promise<CommandResult> {
	assertCanConfirmHash(options);
	return withDevice(config, options, async (device) => {
		const state = await device.connection.refresh();
		const fitting = (await waitingOf(device, state)).filter((waiting) => fits(waiting, state.device.person));
		const chosen = choose(fitting, options.id);
		const result = shown(chosen);
		const requestHash = hashOf(chosen.proposal);
		return approveByHash(
			{ lines: linesOf(chosen, state, [...(note ? [note] : []), ['hash', requestHash]]), requestHash, result },
			options,
			async () => {
				await act(device, chosen);
				return { result, text: done };
			},
		);
	});
}

const hashOf = ({ kind, body }: OpenProposal['proposal']): string =>
	createHash('sha256').update(exactJson({ body, kind })).digest('hex');

/** @throws FirmsealError NOT_FOUND; BAD_USER_INPUT if one of several has to be named */
function choose(waiting: readonly Waiting[], id: string | undefined): Waiting {
	const [only, ...others] = id === undefined ? waiting : waiting.filter((each) => each.id === id);
	if (only === undefined)
		throw new FirmsealError(
			'NOT_FOUND',
			`No decision${id === undefined ? '' : ' with this id'} waits for that: \`firmseal device decisions\` shows those that wait.`,
		);
	if (others.length > 0) throw new FirmsealError('BAD_USER_INPUT', 'Several decisions wait: name one with --id.');
	return only;
}

async function waitingOf({ vault, connection }: OpenedDevice, state: VaultState): Promise<readonly Waiting[]> {
	const proposed = (await new ProposalSteps(connection).list()).map(
		({ id, person, proposal, isAgreed }): Waiting => ({
			id,
			person,
			proposal,
			next: isAgreed ? 'COMPLETE' : 'AGREE',
			notice: null,
		}),
	);
	const announced: Waiting[] = [];
	for (const { seq, kind, body, person, firstSeen, isOpen } of state.notices) {
		if (!isOpen) continue;
		const untrusted = { kind, body: JSON.parse(body) } as Pick<OpenProposal['proposal'], 'kind' | 'body'>;
		const countsFrom = firstSeen + NOTICE_MILLISECONDS;
		announced.push({
			id: `${seq}`,
			person,
			proposal: await vault.readProposal(untrusted),
			next: countsFrom <= Date.now() ? 'COMPLETE' : 'WAIT',
			notice: { seq, countsFrom: new Date(countsFrom).toISOString() },
		});
	}
	return [...proposed, ...announced];
}

const linesOf = (
	{ person, proposal: { kind, body, summary } }: Waiting,
	state: VaultState,
	more: readonly LabelledValue[],
): string =>
	markedRows([
		['decision', summary],
		['by', nameOf(state, person)],
		['entry', `${kind} ${JSON.stringify(body)}`],
		...more,
	]);
