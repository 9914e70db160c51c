import { AnsweringSteps } from '../../client/connection/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type CommandResult, shortenList } from '../command.ts';
import { currentIo } from '../io.ts';
import { markedRows } from '../print/index.ts';
import type { OpenedDevice } from './open-device.ts';
import { saysYes } from './secrets.ts';

/** Milliseconds between two questions to the service, and how long a request to join is open. */
const POLL_EVERY = 2_000;
const LONGEST_WAIT = 15 * 60_000;
/** Each so many questions, the person who waits reads that the command is alive. */
const SAY_EVERY = 15;

export const BEFORE_COMPARING =
	'whether the codes are the same: run the command in a terminal, next to the other device';

/**
 * Answers the newest request of a person, and lets this device's person compare the code.
 * @throws FirmsealError CONFLICT if they say that it differs; the request is then refused
 */
export async function answerNewest({ connection }: Pick<OpenedDevice, 'connection'>, person: string) {
	const steps = new AnsweringSteps(connection);
	const request = await waitFor('the new device to ask', async () => await openRequest(steps, person));
	await steps.answer(request, person);
	const { code, name, device } = await waitFor('the new device to show its code', () => steps.check(request.id));
	if (!(await compare(code, person, name))) {
		await steps.refuse(request.id);
		throw new FirmsealError(
			'CONFLICT',
			'You said that the codes differ: the device was not added. If they did differ, report it.',
		);
	}
	return { steps, request: request.id, name, device };
}

async function openRequest(steps: AnsweringSteps, person: string) {
	const requests = await steps.requests();
	return requests.find((each) => each.person === person && each.state === 'COMMITTED') ?? null;
}

/** What a dry run says: the requests of the person that wait. */
export async function requestsOf(
	{ connection }: Pick<OpenedDevice, 'connection'>,
	person: string,
	plan: string,
	more: Readonly<Record<string, unknown>> = {},
): Promise<CommandResult> {
	const requests = (await new AnsweringSteps(connection).requests()).filter((each) => each.person === person);
	const ids = requests.map(({ id }) => id);
	return {
		result: { dryRun: true, person, ...more, requests: ids },
		text: `${plan} There are ${ids.length}: ${shortenList(ids) || 'none'}.`,
	};
}

/** What the person says of the code on both screens. */
export function compare(code: string, person: string, name: string | null): Promise<boolean> {
	say(
		`\n${markedRows([
			['device of', shown(name, person)],
			['code', code],
		])}\n`,
	);
	return saysYes('Compare all of the code with the other screen, at its side or by a call. Is it the same?');
}

export const shown = (name: string | null, person: string): string =>
	name === null ? person : `${JSON.stringify(name)} (${person})`;

/** Asks until there is an answer. @throws FirmsealError NOT_FOUND after fifteen minutes */
export async function waitFor<T>(what: string, ask: () => Promise<T | null>): Promise<T> {
	const { clock } = currentIo();
	const end = clock.now() + LONGEST_WAIT;
	for (let asked = 0; ; asked++) {
		const answer = await ask();
		if (answer !== null) return answer;
		if (asked % SAY_EVERY === 0) say(`Waiting for ${what}. Ctrl-C stops.`);
		if (clock.now() > end)
			throw new FirmsealError('NOT_FOUND', `Waited 15 minutes for ${what}: begin again on both devices.`);
		await clock.sleep(POLL_EVERY);
	}
}

export const say = (line: string): void => void currentIo().stderr.write(`${line}\n`);
