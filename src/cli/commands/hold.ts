import { type Command, InvalidArgumentError, Option } from 'commander';
import { base64urlToUuid } from '../../audit/index.ts';
import type { Config } from '../../config/index.ts';
import { type HoldRow, selectAllFirms, selectHolds, type Transaction } from '../../database/index.ts';
import { findFirm } from '../../firms/index.ts';
import {
	checkHold,
	checkLiftHold,
	findErasureTarget,
	type HoldView,
	isHoldProven,
	isReleased,
	liftHold,
	selectLostHolds,
	setHold,
	TICKET_PATTERN,
	TICKET_RULE,
} from '../../jobs/index.ts';
import { type Installation, withInstallation, withOperatorPlane } from '../../wiring/index.ts';
import { type CommandResult, defineCommand, dryRun, plural, table } from '../command.ts';
import { approverOfToken } from '../jobs/index.ts';
import {
	type ApprovalOptions,
	anyIdOf,
	approveByHash,
	assertCanConfirmHash,
	hashOption,
	idOf,
} from '../parse/index.ts';
import { markedRows } from '../print/index.ts';

interface SetOptions {
	readonly firm: string;
	readonly client?: string;
	readonly record?: string;
	readonly ticket: string;
	readonly lost?: string;
	readonly dryRun?: boolean;
}

interface HoldOptions {
	readonly hold: string;
}

/** The number of a legal matter, which stays in the log. @throws InvalidArgumentError */
function ticketOf(text: string): string {
	if (!TICKET_PATTERN.test(text)) throw new InvalidArgumentError(TICKET_RULE);
	return text;
}

/** `firmseal hold`: legal holds, which keep data from being erased. */
export function hold(program: Command): void {
	const group = program.command('hold').description('legal holds: what must not be erased');
	defineSet(group);
	defineRelease(group);
	defineList(group);
}

function defineSet(group: Command): void {
	defineCommand<SetOptions>(
		dryRun(group.command('set'))
			.description("keep a firm, a client or a record from being erased, with an approver's FIRMSEAL_TOKEN")
			.requiredOption('--firm <slug-or-id>', 'which firm')
			.addOption(new Option('--client <id>', 'only this client').argParser(idOf).conflicts('record'))
			.option('--record <id>', 'only this record', idOf)
			.requiredOption('--ticket <number>', 'number of the legal matter, without words', ticketOf)
			.addOption(
				new Option('--lost <id>', 'set a hold again that the log has and the table does not, on the whole firm')
					.argParser(anyIdOf)
					.conflicts(['client', 'record']),
			),
		({ config, options: { firm, client, record, ticket, lost, dryRun: only } }) =>
			withOperatorPlane(config, async (installation) => {
				const by = await approverOfToken(config, installation, { withAnySignIn: true });
				const { id: firmId } = await findFirm(installation, firm);
				const on = await findErasureTarget(installation, { firm: firmId, client, record });
				if (only) {
					await checkHold(installation, on, { ticket, lost }, by);
					return { result: { dryRun: true, on }, text: `Would hold the ${on.type} ${on.id}.` };
				}
				const set = await setHold(installation, on, { ticket, lost }, by);
				return {
					result: { ...set, on },
					text: `Set the hold ${set.hold} on the ${on.type} ${on.id}. Another approver can release the hold with its hash ${set.requestHash}.`,
				};
			}),
	);
}

function defineRelease(group: Command): void {
	defineCommand<HoldOptions & ApprovalOptions>(
		dryRun(group.command('release'))
			.description("show all of a hold, and release exactly that, with another approver's FIRMSEAL_TOKEN")
			.requiredOption('--hold <id>', 'which hold', anyIdOf)
			.addOption(hashOption()),
		({ config, options }) => releaseHold(config, options),
	);
}

/** Shows the whole hold, and releases exactly that hold if its hash is given. */
async function releaseHold(
	config: Config,
	{ hold: id, ...options }: HoldOptions & ApprovalOptions,
): Promise<CommandResult> {
	assertCanConfirmHash(options);
	return withInstallation(config, async (installation) => {
		const by = await approverOfToken(config, installation);
		const seen = await checkLiftHold(installation, id, by);
		const shown = { lines: linesOf(seen), requestHash: seen.requestHash, result: { hold: id } };
		return approveByHash(shown, options, async (requestHash) => {
			await liftHold(installation, { hold: id, requestHash }, by);
			return { result: { hold: id, requestHash }, text: `Released the hold ${id}.` };
		});
	});
}

const linesOf = ({ hold: { id, subject, ticket, setAt }, names, requestHash }: HoldView): string =>
	markedRows([
		['hold', id],
		['state', 'HELD, until another approver releases it'],
		['firm', names.firm],
		['on', subject ?? 'the whole firm'],
		['ticket', ticket],
		['set by', `${names.setBy}, on ${setAt.toISOString()}`],
		['request hash', requestHash],
	]);

function defineList(group: Command): void {
	defineCommand<{ firm?: string }>(
		group
			.command('list')
			.description('list holds, including released ones')
			.option('--firm <slug-or-id>', 'only of this firm'),
		({ config, options }) => withInstallation(config, (installation) => listHolds(installation, options.firm)),
	);
}

async function listHolds({ worker, rights }: Installation, named: string | undefined): Promise<CommandResult> {
	const firm = named === undefined ? null : (await findFirm({ worker }, named)).id;
	const { rows, lost } = await worker.read(null, (tx) => selectHoldsAndLost(tx, firm));
	const holds = [];
	for (const row of rows) holds.push(await heldOf(rights, row));
	const problems = problemsOf(holds, lost);
	const lines = [
		...holds.map((each) => [
			each.hold,
			each.firmId,
			each.subject ?? 'the firm',
			each.ticket,
			each.state,
			each.setAt.toISOString(),
		]),
		...lost.map((each) => [each.hold, each.firmId, 'the firm', '', 'LOST', '']),
	];
	return {
		result: { holds, lost },
		text: table(['hold', 'firm', 'on', 'ticket', 'state', 'set'], lines),
		...(problems.length > 0 && { problem: problems.join(' ') }),
	};
}

/** A hold that the log has and the table does not. */
interface LostHold {
	readonly hold: string;
	readonly firmId: string;
}

async function selectHoldsAndLost(tx: Transaction, firm: string | null) {
	const rows = await selectHolds(tx, firm);
	const firms = firm === null ? (await selectAllFirms(tx)).map(({ id }) => id) : [firm];
	const lost: LostHold[] = [];
	for (const firmId of firms)
		for (const id of await selectLostHolds(tx, firmId, rows)) lost.push({ hold: base64urlToUuid(id), firmId });
	return { rows, lost };
}

async function heldOf(rights: Installation['rights'], row: HoldRow) {
	const { id, firmId, subject, ticket, setAt, releasedAt } = row;
	const isProven = await isHoldProven(rights, row);
	const state = (await isReleased(rights, row)) ? 'RELEASED' : isProven ? 'HELD' : 'CHANGED';
	return { hold: id, firmId, subject, ticket, state, setAt, releasedAt };
}

function problemsOf(holds: readonly { readonly state: string }[], lost: readonly LostHold[]): string[] {
	const changed = holds.filter(({ state }) => state === 'CHANGED').length;
	const problems = [];
	if (changed > 0)
		problems.push(`${plural(changed, 'hold was', 'holds were')} changed outside Firmseal, so the whole firm is held.`);
	if (lost.length > 0)
		problems.push(
			`The log has holds without a row, so the whole firm is held: ${lost.map(({ hold: id }) => id).join(', ')}. Set each again with --lost.`,
		);
	return problems;
}
