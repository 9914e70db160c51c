import { type DatabaseCheck, databaseCheck, selectAllFirms, selectDataKeyListing } from '../../database/index.ts';
import { describeKeys } from '../../firms/index.ts';
import type { Installation } from '../../wiring/index.ts';
import { shortenList } from '../command.ts';
import type { LoggedActions, LoggedKey } from './logged-actions.ts';

/** Finds keys that were disabled or destroyed after the copy was made and are open again. */
export async function inspectVersions(
	{ worker, keyring }: Pick<Installation, 'worker' | 'keyring'>,
	{ keys }: Pick<LoggedActions, 'keys'>,
): Promise<DatabaseCheck[]> {
	const { listing, firms } = await worker.read(null, async (tx) => ({
		listing: await selectDataKeyListing(tx, null),
		firms: await selectAllFirms(tx),
	}));
	const closed = keys.filter(({ state }) => state !== 'ENABLED');
	const wrapping = closed.filter(({ version }) => version === null).map(({ firm }) => firm);
	const described = await describeKeys(
		keyring,
		firms.filter(({ id }) => wrapping.includes(id)),
	);
	const stateOf = ({ firm, version }: LoggedKey) =>
		version === null
			? described.find(({ id }) => id === firm)?.key?.state
			: listing.find((key) => key.firm === firm && key.class === version.class && key.version === version.version)
					?.state;
	const back = closed
		.map((key) => ({ ...key, now: stateOf(key) }))
		.filter(({ state, now }) => now !== undefined && now !== 'DESTROYED' && !(state === 'DISABLED' && isClosed(now)));
	const slugOf = (firm: string) => firms.find(({ id }) => id === firm)?.slug ?? firm;
	const check = 'no key that was disabled or destroyed by the log is back';
	if (back.length === 0) return [databaseCheck(check, null)];
	const fix = shortenList(
		back.map(({ firm, version, state, now }) => {
			const named = version === null ? 'the wrapping key' : `${version.class} version ${version.version}`;
			const of = version === null ? '' : ` --class ${version.class} --version ${version.version}`;
			const run = `firmseal keys ${state === 'DESTROYED' ? 'destroy' : 'disable'} --firm ${slugOf(firm)}${of}`;
			return `${named} of firm ${firm} is ${now} and was ${state}: \`${run}\`${firstFor(state, now)}`;
		}),
	);
	return [databaseCheck(check, fix)];
}

const isClosed = (state: string) => state === 'DISABLED' || state === 'PENDING_DELETION';

/** Values under a version must first be sealed again under a newer one. */
function firstFor(state: LoggedKey['state'], now: string | undefined): string {
	if (now === 'ACTIVE') return ', after `firmseal keys rotate` and `firmseal keys reencrypt`';
	return state === 'DESTROYED' && now === 'RETIRED' ? ', after `firmseal keys reencrypt`' : '';
}
