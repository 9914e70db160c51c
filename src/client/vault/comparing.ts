import { type KeyLog, safetyNumber } from '../../custody/index.ts';
import type { Session } from './session.ts';
import { VaultError } from './vault-error.ts';

export interface SafetyNumber {
	/** 60 digits in groups of five. Equal numbers mean the same people, devices and history. */
	readonly number: string;
	/** The `seq` of the newest entry about people or devices, up to which it holds. */
	readonly seq: number;
	/** When this device's person last compared a number with this person, in milliseconds since 1970; null: never. */
	readonly comparedAt: number | null;
	/** Whether the compared number was this one: nothing about people or devices has changed since. */
	readonly isCompared: boolean;
}

/** Of this device's person and another one. @throws VaultError `person-unknown` for someone who is not in the firm */
export async function safetyNumberWith(session: Session, person: string): Promise<SafetyNumber> {
	const { log, state, stored } = session;
	if ((log.people.get(person)?.role ?? null) === null || person === stored.person)
		throw new VaultError('person-unknown');
	const { seq, head } = newestAboutPeople(log);
	const people = [stored.person, person] as const;
	const number = await safetyNumber({ firm: log.firm, genesis: log.genesis, seq, head, people });
	const compared = Object.hasOwn(state.compared, person) ? state.compared[person] : undefined;
	return { number, seq, comparedAt: compared?.at ?? null, isCompared: compared?.number === number };
}

/** The two people have read the number to each other. */
export async function markCompared(session: Session, person: string, number: string): Promise<void> {
	if ((await safetyNumberWith(session, person)).number !== number) throw new VaultError('number-other');
	const compared = { ...session.state.compared, [person]: { at: session.parts.clock.now(), number } };
	await session.keep({ compared });
}

function newestAboutPeople(log: KeyLog): { readonly seq: number; readonly head: string } {
	let seq = log.size - 1;
	while (!/^(?:firm\.begin|device\.|member\.|recovery\.set)/.test(log.chain.at(seq)?.entry.kind as string)) seq--;
	return { seq, head: log.chain.at(seq)?.hash as string };
}
