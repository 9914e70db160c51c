import { ProposalSteps, type Support } from '../../client/connection/index.ts';
import type { VaultOperations, VaultState } from '../../client/vault/index.ts';
import type { Config } from '../../config/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type CommandResult, plural, UsageError } from '../command.ts';
import { type DeviceOptions, type OpenedDevice, withDevice } from './open-device.ts';
import { requirePerson } from './person.ts';
import { readRecoveryCode } from './secrets.ts';

type Decision = Parameters<VaultOperations['propose']>[0];
type Proposal = Awaited<ReturnType<VaultOperations['propose']>>;

export interface DecisionOptions extends DeviceOptions {
	readonly codeFile?: string;
	/** The only owner announces the decision, in place of giving the recovery code. */
	readonly announce?: boolean;
}

export interface ProposeOptions extends DecisionOptions {
	readonly custody?: 'MOVING' | 'FIRM' | 'BACK' | 'PLATFORM';
	readonly class?: string;
	readonly role?: 'OWNER' | 'MEMBER';
	readonly remove?: boolean;
	readonly person?: string;
	/** SHA-256 of manifests of the pages, in hex. */
	readonly releases?: readonly string[];
}

/** A decision that two owners make; in a firm of one owner, the owner with the recovery code. */
export async function proposeDecision(config: Config, options: ProposeOptions): Promise<CommandResult> {
	requireOneDecision(options);
	return withDevice(config, options, async (device) => {
		const state = await device.connection.refresh();
		const proposal = await device.vault.propose(decisionOf(state, options));
		return decide(device, state, proposal, options);
	});
}

function requireOneDecision({ custody, class: name, role, remove, person, releases }: ProposeOptions): void {
	const decisions = [custody, role, remove, releases].filter((each) => each !== undefined).length;
	const isOfClass = custody !== undefined && name !== undefined && person === undefined;
	const isOfPerson = custody === undefined && name === undefined && person !== undefined;
	const isOfPages = releases !== undefined && name === undefined && person === undefined;
	if (decisions !== 1 || !(isOfClass || isOfPerson || isOfPages))
		throw new UsageError('Give one decision: --custody with --class, --role or --remove with --person, or --releases.');
}

function decisionOf(state: VaultState, { custody, class: name, role, person, releases }: ProposeOptions): Decision {
	if (releases !== undefined) return { what: 'RELEASES', manifests: [...new Set(releases)] };
	if (custody !== undefined && name !== undefined) return { what: 'CUSTODY', class: name, custody };
	const { person: id } = requirePerson(state, person ?? '');
	return role === undefined ? { what: 'REMOVE', person: id } : { what: 'ROLE', person: id, role };
}

/** Carries out a proposal as far as this owner can: alone, with the own recovery code, or up to where it waits. */
export async function decide(
	{ connection }: OpenedDevice,
	state: VaultState,
	proposal: Proposal,
	options: DecisionOptions,
): Promise<CommandResult> {
	const { kind, body, summary } = proposal;
	const needs = needsOf(state, proposal, options);
	if (options.dryRun)
		return { result: { dryRun: true, kind, body, summary, needs }, text: `${summary} ${NEEDS[needs]}` };
	const support: Support =
		needs === 'RECOVERY_CODE'
			? { by: 'CODE', code: await readRecoveryCode(options.codeFile) }
			: { by: needs === 'NOTICE' ? 'NOTICE' : 'SECOND_OWNER' };
	const outcome = await new ProposalSteps(connection).decide(async () => proposal, support);
	return {
		result: { kind, body, summary, outcome, state: await connection.refresh() },
		text: `${summary} ${OUTCOMES[outcome]}`,
	};
}

function needsOf(state: VaultState, { needsAgreement }: Proposal, { announce }: DecisionOptions): keyof typeof NEEDS {
	if (!needsAgreement) return 'NOTHING';
	if (state.people.filter(({ role }) => role === 'OWNER').length > 1) return 'SECOND_OWNER';
	return announce ? 'NOTICE' : 'RECOVERY_CODE';
}

const NEEDS = {
	NOTHING: 'Would put it into the key log.',
	RECOVERY_CODE: 'Would put it into the key log with your recovery code, because the firm has one owner.',
	NOTICE: 'Would announce it to all devices of the firm. It can be completed after 72 hours.',
	SECOND_OWNER: 'Another owner would have to agree.',
} as const;

const OUTCOMES = {
	DONE: 'This is decided, and in the key log.',
	PROPOSED:
		'It waits for another owner, who runs `firmseal device agree` or uses the pages. Then run `firmseal device complete`, before the firm decides anything else.',
	ANNOUNCED: 'All devices of the firm are told. It can be completed after 72 hours, with `firmseal device complete`.',
} as const;

export interface RevokeOptions extends DecisionOptions {
	readonly id: string;
}

/** Removes a device from the firm: no key is wrapped for it any more, and new ones replace those that it knows. */
export async function revokeDevice(config: Config, options: RevokeOptions): Promise<CommandResult> {
	return withDevice(config, options, async (device) => {
		const { vault, connection } = device;
		const state = await connection.refresh();
		const { id, person, name } = deviceWithId(state, options.id);
		const proposal = await vault.propose({ what: 'REVOKE', devices: [id] });
		if (proposal.needsAgreement) return decide(device, state, proposal, options);
		const of = `the device ${id.slice(0, 16)} of ${name === null ? person : JSON.stringify(name)}`;
		if (options.dryRun) return { result: { dryRun: true, device: id, person }, text: `Would revoke ${of}.` };
		const after = await connection.append(() => vault.revokeDevices({ devices: [id] }));
		return {
			result: { device: id, person, state: after },
			text: `Revoked ${of}. What it has read, it knows; what is written from now on, it cannot open.`,
		};
	});
}

/** By the whole id, or its beginning as `device status` shows it. @throws FirmsealError NOT_FOUND, BAD_USER_INPUT */
function deviceWithId({ people, device }: VaultState, beginning: string) {
	const all = people.flatMap(({ person, name, devices }) => devices.map(({ id }) => ({ id, person, name })));
	const [found, ...others] = all.filter(({ id }) => id.startsWith(beginning));
	if (found === undefined)
		throw new FirmsealError('NOT_FOUND', 'The firm has no active device with this id: see `firmseal device status`.');
	if (others.length > 0)
		throw new FirmsealError('BAD_USER_INPUT', 'Several devices have ids that begin so: give more digits.');
	if (found.id === device.id)
		throw new FirmsealError('BAD_USER_INPUT', 'This is the device that you use: revoke it on another one of yours.');
	return found;
}

/** Wraps of keys that this device has, for devices that lack them. */
export async function sendKeys(config: Config, options: DeviceOptions): Promise<CommandResult> {
	return withDevice(config, options, async ({ vault, connection }) => {
		await connection.refresh();
		if (options.dryRun) {
			const { lacking } = await vault.missing();
			const most = lacking.reduce((sum, { devices }) => sum + devices.length, 0);
			return { result: { dryRun: true, most }, text: `Would send at most ${plural(most, 'key')}.` };
		}
		const sent = await connection.wrapForOthers();
		return { result: { sent }, text: `Sent ${plural(sent, 'key')}.` };
	});
}

export interface SafetyNumberOptions extends DeviceOptions {
	readonly person: string;
	readonly compared?: string;
}

/** The number that two persons read to each other: if it is the same, they see the same people, devices and history. */
export async function showSafetyNumber(config: Config, options: SafetyNumberOptions): Promise<CommandResult> {
	return withDevice(config, options, async ({ vault, connection }) => {
		const { person, name } = requirePerson(await connection.refresh(), options.person);
		if (options.compared !== undefined) {
			const number = (options.compared.match(/\d/g) ?? []).join('').replace(/(\d{5})(?=\d)/g, '$1 ');
			await vault.markCompared({ person, number });
		}
		const shown = await vault.safetyNumber({ person });
		const { number, comparedAt, isCompared } = shown;
		const when = comparedAt === null ? null : new Date(comparedAt).toISOString();
		return {
			result: { person, name, ...shown, comparedAt: when },
			text: [
				number,
				isCompared
					? `Compared on ${when}, and nothing about people or devices has changed since.`
					: `${when === null ? 'Never compared.' : `Compared last on ${when}; people or devices have changed since.`} If the other person reads you the same number, say so with --compared.`,
			].join('\n'),
		};
	});
}
