import { JoiningSteps, type OpenProposal, ProposalSteps, type RecoverySteps } from '../../client/connection/index.ts';
import type { VaultState } from '../../client/vault/index.ts';
import type { Config } from '../../config/index.ts';
import { exactJson, readKeyLog } from '../../custody/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { CommandResult } from '../command.ts';
import { answerNewest, BEFORE_COMPARING, compare, requestsOf, say, shown, waitFor } from './comparing.ts';
import { type DeviceOptions, type OpenedDevice, withDevice } from './open-device.ts';
import { nameOf, requirePerson } from './person.ts';
import { assertTerminal, NEW_CODE, writeDown } from './secrets.ts';

type Shares = Parameters<RecoverySteps['byShares']>[0];
type Proposal = OpenProposal['proposal'];

export interface OwnersOptions extends DeviceOptions {
	readonly threshold: number;
	/** Names or ids; all other owners unless given. */
	readonly holder?: readonly string[];
	/** A recovery code beside the shares. */
	readonly withCode?: boolean;
}

/**
 * Splits a new recovery key of this device's person among owners. The shares exist only here until the decision is in the key log, so the
 * command waits until another owner has agreed.
 */
export async function setRecoveryOwners(config: Config, options: OwnersOptions): Promise<CommandResult> {
	const isCode = options.withCode === true;
	if (isCode && !options.dryRun) assertTerminal(NEW_CODE);
	return withDevice(config, options, async (device) => {
		const { vault, connection } = device;
		const state = await connection.refresh();
		const { threshold: k } = options;
		const holders = holdersOf(state, options.holder);
		const before = state.people.find(({ person }) => person === state.device.person)?.recovery ?? [];
		const names = holders.map((holder) => nameOf(state, holder)).join(', ');
		if (holders.length < 2 || k > holders.length)
			throw new FirmsealError(
				'BAD_USER_INPUT',
				`A recovery key needs at least 2 other owners as holders, and no higher --threshold than holders; there are ${holders.length}.`,
			);
		if (options.dryRun)
			return {
				result: { dryRun: true, recovery: before, holders, threshold: k, withCode: isCode },
				text: `Would split a new recovery key among ${names}, of whom ${k} together bring you back${isCode ? ', and make a new recovery code' : ''}. Another owner would have to agree. It would replace these ways of recovery: ${before.join(', ') || 'none'}.`,
			};
		const { proposal, code } = await vault.setRecovery({ code: isCode, owners: { holders, k } });
		if (code !== null) await writeDown(vault, code);
		const after = await decideHere(device, proposal);
		return {
			result: { holders, threshold: k, withCode: isCode, state: after },
			text: `${k} of ${names} together can bring you back now: each holds a share of a new recovery key${isCode ? ', and your new recovery code works alone' : ''}. Earlier ways of recovery do not work any more.`,
		};
	});
}

function holdersOf(state: VaultState, given: readonly string[] | undefined): readonly string[] {
	const others = state.people.filter(({ person, role }) => role === 'OWNER' && person !== state.device.person);
	if (given === undefined) return others.map(({ person }) => person);
	const wanted = new Set(given.map((each) => requirePerson(state, each).person));
	if (![...wanted].every((id) => others.some(({ person }) => person === id)))
		throw new FirmsealError('BAD_USER_INPUT', 'Only other owners hold shares: name others with --holder.');
	return [...wanted];
}

/** Proposes, waits until another owner has agreed, and completes. What is not completed here is withdrawn, because its shares are gone. */
async function decideHere({ connection }: OpenedDevice, proposal: Proposal): Promise<VaultState> {
	const steps = new ProposalSteps(connection);
	const outcome = await steps.decide(async () => proposal, { by: 'SECOND_OWNER' });
	if (outcome === 'DONE') return connection.refresh();
	const own = (await steps.list()).find((each) => isSame(each.proposal, proposal));
	if (own === undefined)
		throw new FirmsealError('CONFLICT', 'The firm decided something else meanwhile. Nothing was set. Try again.');
	say('Proposed. Within 15 minutes, another owner runs `firmseal device agree`, or uses the pages. Keep this running.');
	try {
		await waitFor('another owner to agree', async () => {
			const now = (await steps.list()).find(({ id }) => id === own.id);
			if (now === undefined)
				throw new FirmsealError('CONFLICT', 'Another owner refused the proposal, or the firm decided something else.');
			return now.isAgreed || null;
		});
		return await steps.complete(own);
	} catch (error) {
		await steps.end(own).catch(() => undefined);
		throw error;
	}
}

const isSame = (one: Proposal, other: Proposal): boolean =>
	one.kind === other.kind && exactJson(one.body) === exactJson(other.body);

export interface ReleaseShareOptions extends DeviceOptions {
	readonly person: string;
}

/** The side of a holder: answers the newest request of a person who lost their devices, shows the code, and releases the share. */
export async function releaseHeldShare(config: Config, options: ReleaseShareOptions): Promise<CommandResult> {
	if (!options.dryRun) assertTerminal(BEFORE_COMPARING);
	return withDevice(config, options, async (opened) => {
		const { person } = requirePerson(await opened.connection.refresh(), options.person);
		if (options.dryRun) return requestsOf(opened, person, `Would release a share to the newest request of ${person}.`);
		const { steps, request, name, device } = await answerNewest(opened, person);
		await steps.release(request);
		return {
			result: { person, name, device },
			text: `Released your share to the device ${device.slice(0, 16)} of ${shown(name, person)}. Alone, it opens nothing.`,
		};
	});
}

/** Asks holder after holder, each with a code to compare, until what they release makes the recovery key. */
export async function recoverByHolders(steps: RecoverySteps, { connection, stored }: OpenedDevice): Promise<void> {
	const { person, firm } = stored;
	const { entries } = await connection.readLog(firm, null);
	// Only counts, and says who released already: the vault believes no log before the shares fit.
	const log = await readKeyLog(entries);
	const way = log?.people.get(person)?.ways.find((each) => each.way === 'OWNERS');
	if (!log || way?.way !== 'OWNERS')
		throw new FirmsealError('NOT_FOUND', 'No owners hold shares for you: use your recovery code, or ask an owner.');
	const shares = new Map<string, Shares[number]>();
	for (;;) {
		const count = `Share ${shares.size + 1} of ${Math.max(shares.size + 1, way.k)}.`;
		const share = await nextShare(
			connection,
			person,
			`${count} Within 15 minutes, one of your ${way.holders.length} holders runs \`firmseal device release-share --person ${person}\`, or uses the pages.`,
		);
		const holder = log.devices.get(share.releasedBy)?.person ?? share.releasedBy;
		say(shares.has(holder) ? 'This holder has released the share before: ask another one.' : 'The share is here.');
		shares.set(holder, share);
		if (shares.size < way.k) continue;
		try {
			return void (await steps.byShares([...shares.values()]));
		} catch (error) {
			if (!isOfFalseShare(error) || shares.size >= way.holders.length) throw error;
			say('These shares do not fit together: one of them is false. Ask another holder.');
		}
	}
}

async function nextShare(
	connection: OpenedDevice['connection'],
	person: string,
	whatToDo: string,
): Promise<Shares[number]> {
	const steps = new JoiningSteps(connection);
	await steps.ask();
	say(whatToDo);
	const code = await waitFor('a device of a holder', () => steps.reveal());
	const isSameCode = await compare(code, person, null);
	return waitFor('the holder to release the share', () => steps.share(isSameCode));
}

const isOfFalseShare = (error: unknown): boolean =>
	error instanceof FirmsealError && 'reason' in error && error.reason === 'shares-other';
