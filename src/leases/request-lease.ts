import type { ActiveLease } from '../access/index.ts';
import { type Act, type AuditLog, draftEntry, systemEntry } from '../audit/index.ts';
import type { Clock } from '../clock/index.ts';
import { keyEventAct, type LeaseReader, type RequestedValue } from '../content/index.ts';
import {
	createErasureAwareKeyStore,
	type FirmOwnedTable,
	type LeasePlanes,
	openLeaseSession,
	type Plane,
	selectGrantTokens,
	type Transaction,
} from '../database/index.ts';
import type { Aead } from '../envelope/index.ts';
import { createDataKeys, type DataKeyEvent, type Keyring, type SealedField } from '../keys/index.ts';
import { endLease } from './end-lease.ts';
import type { WaitForPublication } from './wait-for-publication.ts';

export interface RequestLeaseOptions<Key> {
	readonly planes: LeasePlanes;
	/** The operator plane's: it opens what a grant covers, and nothing else. */
	readonly keyring: Keyring;
	readonly aead: Aead<Key>;
	readonly fields: readonly SealedField[];
	readonly audit: AuditLog;
	/** The operator's: by which a lease that is used up is ended. */
	readonly plane: Plane;
	/** What an answer waits for before it leaves. */
	readonly waitForPublication: WaitForPublication;
	readonly onFailure: (error: unknown) => void;
	readonly clock: Clock;
	/** Where the values of a coordinate are stored. */
	readonly columnOf: (coordinate: string) => { readonly table: FirmOwnedTable; readonly property: string };
}

/** A request's way to what its lease opens; it lives until end(). */
export interface RequestLease<Key = unknown> extends LeaseReader<Key> {
	readonly activeLease: ActiveLease;
	/** Lets go of the lease and takes it again, for an answer that is longer than its deadline. @throws FirmsealError LEASE_NOT_ACTIVE */
	renew(): Promise<void>;
	/** Lets go of lease and keys: to be called when the answer is at the socket, or will never be. */
	end(): Promise<void>;
}

/** One for each request under a lease. `onExpire`: the deadline is over, whatever is being sent has to stop. */
export type OpenRequestLease = (open: ActiveLease, request: string, onExpire: () => void) => RequestLease;

/** Longer than any request under a lease asks for keys: a download has its own from the beginning. */
const KEY_CACHE_SECONDS = 10;
/** As many as a lease has classes, times versions. */
const MAX_KEYS = 100;

export const createRequestLeaseOpener =
	<Key>(options: RequestLeaseOptions<Key>): OpenRequestLease =>
	(open, request, onExpire) => {
		const terms = { lease: open.id, firm: open.firm, user: open.requestedBy };
		const session = openLeaseSession(options.planes, terms, onExpire);
		/** Entries on calls of the keyring: durable before anything is answered. */
		const recorded: Promise<unknown>[] = [];
		const record = (event: DataKeyEvent) => {
			const entry = draftEntry(
				{ actor: { kind: 'system', user: null, roles: [] }, plane: 'operator', request },
				{ ...keyEventAct(event), lease: open.id },
			);
			const appended = options.audit.append([entry]);
			appended.catch(() => {});
			recorded.push(appended);
		};
		const inside = <T>(_firm: string | null, work: (tx: Transaction) => Promise<T>) => session.withHeldLease(work);
		const dataKeys = createDataKeys({
			keyring: withGrantTokens(options.keyring, () => session.withHeldLease((tx) => selectGrantTokens(tx, open.id))),
			store: createErasureAwareKeyStore({ read: inside, write: inside }),
			aead: options.aead,
			fields: options.fields,
			ttlSeconds: KEY_CACHE_SECONDS,
			maxKeys: MAX_KEYS,
			clock: options.clock,
			onEvent: record,
		});
		return {
			activeLease: open,
			dataKeys,
			assertNotExpired: session.assertLive,
			renew: session.renew,
			read(batch, intend) {
				const places = batch.map(({ field, row }) => ({ ...options.columnOf(field.coordinate), row: row.id }));
				const asked = {
					classes: distinct(batch.map(({ field }) => field.class)),
					coordinates: distinct(batch.map(({ field }) => field.coordinate)),
					records: distinct(batch.map(({ row }) => row.id)),
				};
				return session.read(places, asked, (present) => intend(present.map((index) => batch[index] as RequestedValue)));
			},
			confirmRecorded: (intents) => session.withoutHold(() => options.waitForPublication(intents)),
			async confirmActive() {
				await Promise.all(recorded);
				await session.confirm();
			},
			async end() {
				dataKeys.purge();
				await session
					.end()
					.then((isUsedUp) => (isUsedUp ? endExhaustedLease(options, open) : undefined))
					.catch(options.onFailure);
			},
		};
	};

/** Shows the key service what came with the grants, so that one opens as soon as the broker has made it; asked for once. */
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

/** The last reader of values ends a lease whose budget is used up, once its own answer is out; should it fail, the broker does. */
async function endExhaustedLease(
	{ plane, audit }: Pick<RequestLeaseOptions<unknown>, 'plane' | 'audit'>,
	{ id, firm }: ActiveLease,
): Promise<void> {
	const record = (act: Act) => audit.append([systemEntry('operator', act)]);
	await endLease({ plane, record }, { id, firmId: firm }, 'EXHAUSTED', null);
}

const distinct = (items: readonly string[]): string[] => [...new Set(items)];
