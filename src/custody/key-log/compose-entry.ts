import { toBase64 } from '../bytes.ts';
import { type DeviceKeys, signAs } from '../device.ts';
import { exactJson } from '../exact-json.ts';
import type { Agreement, KeyLogBody, KeyLogKind, SecondSignature, SubLogEntry, SubLogKind } from './entry.ts';
import { readEntry, readSubLogEntry } from './read-entry.ts';
import { agreementMessage, entryMessage, NO_HASH } from './signing.ts';

/** The end of a log, after which the next entry follows: a KeyLog, a SubLog, or beginningOf(). */
export interface LogEnd {
	readonly firm: string;
	readonly size: number;
	readonly head: string;
}

interface Draft<K, B> {
	readonly log: LogEnd;
	readonly kind: K;
	readonly body: B;
	readonly device: DeviceKeys;
	/** ISO 8601 in UTC with milliseconds, by the clock of the device. */
	readonly time: string;
	readonly agreement?: Agreement;
}

/** Where entry 0 follows. */
export const beginningOf = (firm: string): LogEnd => ({ firm, size: 0, head: NO_HASH });

/**
 * The signed text of the next entry of a firm's log. It has its form, but only extendKeyLog() says whether the log allows it.
 * @throws KeyLogError with the rule `length`, `json` or `shape`
 */
export async function composeEntry<K extends KeyLogKind>(draft: Draft<K, KeyLogBody<K>>): Promise<string> {
	const { text } = await readEntry(await signed(draft));
	return text;
}

/** composeEntry() of a portal client's sub-log. */
export async function composeSubLogEntry<K extends SubLogKind>(
	draft: Draft<K, SubLogEntry<K>['body']>,
): Promise<string> {
	const { text } = await readSubLogEntry(await signed(draft));
	return text;
}

async function signed({ log, kind, body, device, time, agreement }: Draft<string, unknown>): Promise<string> {
	const parts = { v: 1, firm: log.firm, seq: log.size, prev: log.head, kind, body, device: device.id, time };
	const unsigned = agreement ? { ...parts, agreement } : parts;
	const message = entryMessage(unsigned as Parameters<typeof entryMessage>[0]);
	return exactJson({ ...unsigned, signature: toBase64(await signAs(device, message)) });
}

/**
 * The agreement of a second device to an entry that may follow the log as it is now. Any later entry by `device`, and any that needs an
 * agreement itself, makes it void. FORMAT.md, section 6.
 */
export async function agree<K extends KeyLogKind>(agreed: {
	readonly log: LogEnd & { readonly genesis: string };
	readonly kind: K;
	readonly body: KeyLogBody<K>;
	readonly device: DeviceKeys;
}): Promise<SecondSignature> {
	const { log, kind, body, device } = agreed;
	const unsigned = { device: device.id, head: log.head, seq: log.size - 1 };
	const message = agreementMessage(log, { kind, body }, unsigned);
	return { ...unsigned, signature: toBase64(await signAs(device, message)) };
}
