import type { ActiveLease } from '../access/index.ts';
import { draftEntry } from '../audit/index.ts';
import type { Clock } from '../clock/index.ts';
import { keyEventAct } from '../content/index.ts';
import { createErasureAwareKeyStore, selectGrantTokens, type Transaction } from '../database/index.ts';
import type { Aead } from '../envelope/index.ts';
import { createDataKeys, type DataKeyEvent, type Keyring, type SealedField } from '../keys/index.ts';
import type { LeaseSession } from './lease-session.ts';

/** Longer than any request under a lease fetches keys. A download fetches its keys at the beginning. */
const KEY_CACHE_SECONDS = 10;
/** Enough for all classes of a lease times their key versions. */
const MAX_KEYS = 100;

export interface LeaseKeyOptions<Key> {
	/** The operator plane's keyring, which opens only what a grant covers. */
	readonly keyring: Keyring;
	readonly aead: Aead<Key>;
	readonly fields: readonly SealedField[];
	readonly clock: Clock;
}

/** Data keys for one request only. They are opened by the lease's grants, and read in the transaction that holds the lease. */
export function openLeaseKeys<Key>(
	{ keyring, aead, fields, clock }: LeaseKeyOptions<Key>,
	session: LeaseSession,
	onEvent: (event: DataKeyEvent) => void,
) {
	const inSession = <T>(_firm: string | null, work: (tx: Transaction) => Promise<T>) => session.withHeldLease(work);
	return createDataKeys({
		keyring: withGrantTokens(keyring, () => session.withHeldLease((tx) => selectGrantTokens(tx, session.use.lease))),
		store: createErasureAwareKeyStore({ read: inSession, write: inSession }),
		aead,
		fields,
		ttlSeconds: KEY_CACHE_SECONDS,
		maxKeys: MAX_KEYS,
		clock,
		onEvent,
	});
}

export const keyEntry = (event: DataKeyEvent, lease: ActiveLease, request: string) =>
	draftEntry(
		{ actor: { kind: 'system', user: null, roles: [] }, plane: 'operator', request },
		{ ...keyEventAct(event), lease: lease.id },
	);

/** Passes the grant tokens to the key service, so that a grant works as soon as the broker has made it. Reads the tokens once. */
function withGrantTokens(keyring: Keyring, find: () => ReturnType<typeof selectGrantTokens>): Keyring {
	let found: ReturnType<typeof find> | undefined;
	return {
		...keyring,
		async unwrap(context, wrapped) {
			found ??= find();
			const tokens = (await found).flatMap((one) => (one.class === context.class ? [one.token] : []));
			return keyring.unwrap(context, wrapped, tokens);
		},
	};
}
